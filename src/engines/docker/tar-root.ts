import { Transform } from 'node:stream'

const block = 512
/** No pax header that anybody writes is longer. */
const longest = 2 ** 20

/**
 * Lets a tar stream through without the entry of its root (`./`), which would give the directory that it is unpacked in
 * the mode and owner of wherever it was packed. The root comes first if it comes at all, behind nothing but pax headers.
 * Of nothing at all it makes an archive of nothing, which every tar takes. `head` is entries that go before all others, as soon
 * as the first of these has come.
 */
export function withoutRoot(head: Buffer): Transform {
  let pending: Buffer | undefined = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!pending) return done(null, chunk)
      pending = Buffer.concat([pending, chunk])
      const begun = beginning(pending)
      if (begun === 'more') return done()
      pending = undefined
      done(null, Buffer.concat([head, begun]))
    },
    flush(done) {
      if (!pending) return done()
      done(null, Buffer.concat([head, pending.length === 0 ? Buffer.alloc(2 * block) : pending]))
    },
  })
}

/** What there is so far, without a root entry; `more` = not enough yet to tell. */
function beginning(tar: Buffer): Buffer | 'more' {
  const kept: Buffer[] = []
  let own: Buffer = Buffer.alloc(0)
  for (let at = 0; ;) {
    const header = tar.subarray(at, at + block)
    if (header.length < block) return 'more'
    const type = String.fromCharCode(header[156] ?? 0)
    const size = parseInt(text(header, 124, 12), 8)
    if ((type !== 'g' && type !== 'x') || !(size <= longest)) {
      const root =
        type === '5' &&
        /^(\.|\.\/|\/)$/.test(nameIn(own) ?? `${text(header, 345, 155)}${text(header, 0, 100)}`)
      return Buffer.concat(root ? [...kept, tar.subarray(at + block)] : [...kept, own, tar.subarray(at)])
    }
    const length = block + Math.ceil(size / block) * block
    const whole = tar.subarray(at, at + length)
    if (whole.length < length) return 'more'
    // A `g` is for all that follows, an `x` for the next entry only and goes with it.
    if (type === 'g') kept.push(whole)
    else own = whole
    at += whole.length
  }
}

/** The name that a pax header gives to the entry behind it. */
function nameIn(pax: Buffer): string | undefined {
  return /^\d+ path=(.*)$/m.exec(pax.subarray(block).toString('utf8'))?.[1]
}

function text(header: Buffer, offset: number, length: number): string {
  const field = header.subarray(offset, offset + length)
  const end = field.indexOf(0)
  return field
    .subarray(0, end < 0 ? length : end)
    .toString('utf8')
    .trim()
}
