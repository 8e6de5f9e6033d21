import { Transform } from 'node:stream'

const block = 512

/**
 * Lets a tar stream through without the entry of its root (`./`), which would give the directory that it is unpacked in
 * the mode and owner of wherever it was packed. The root comes first if it comes at all, behind nothing but pax headers.
 */
export function withoutRoot(): Transform {
  let pending: Buffer | undefined = Buffer.alloc(0)
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      if (!pending) return done(null, chunk)
      pending = Buffer.concat([pending, chunk])
      const begun = beginning(pending)
      if (begun === 'more') return done()
      pending = undefined
      done(null, begun)
    },
    flush(done) {
      done(null, pending)
    },
  })
}

/** What there is so far, without a root entry; `more` = not enough yet to tell. */
function beginning(tar: Buffer): Buffer | 'more' {
  const kept: Buffer[] = []
  let own: Buffer[] = []
  for (let at = 0; ;) {
    const header = tar.subarray(at, at + block)
    if (header.length < block) return 'more'
    const type = String.fromCharCode(header[156] ?? 0)
    const name = text(header, 0, 100)
    if (type === '5' && text(header, 345, 155) === '' && ['.', './', '/', ''].includes(name) && name !== '') {
      return Buffer.concat([...kept, tar.subarray(at + block)])
    }
    if (type !== 'g' && type !== 'x') return Buffer.concat([...kept, ...own, tar.subarray(at)])
    const size = Math.ceil(parseInt(text(header, 124, 12), 8) / block) * block
    const whole = tar.subarray(at, at + block + size)
    if (whole.length < block + size) return 'more'
    // A `g` is for all that follows, an `x` for the next entry only and goes with it.
    if (type === 'g') kept.push(...own.splice(0), whole)
    else own = [...own, whole]
    at += whole.length
  }
}

function text(header: Buffer, offset: number, length: number): string {
  const field = header.subarray(offset, offset + length)
  const end = field.indexOf(0)
  return field
    .subarray(0, end < 0 ? length : end)
    .toString('utf8')
    .trim()
}
