import assert from 'node:assert/strict'
import { once } from 'node:events'
import { Readable } from 'node:stream'
import { test } from 'node:test'
import fc from 'fast-check'
import { extract, pack } from 'tar-stream'
import { retar } from '../../../src/builds/checkout-retar.ts'
import { bytesOf, endOfTar, tarFile, tarHeader, type TarEntry } from '../../../src/builds/checkout-tar.ts'

const root = { uid: 0, gid: 0 }

interface Read {
  name: string
  type: string | null | undefined
  link: string | null | undefined
  content: string
}

/** What a well-known reader makes of an archive. */
async function readAll(archive: Buffer): Promise<Read[]> {
  const found: Read[] = []
  const reader = extract()
  Readable.from([archive], { objectMode: false }).pipe(reader)
  for await (const entry of reader) {
    const chunks: Buffer[] = []
    for await (const chunk of entry) chunks.push(chunk as Buffer)
    const { name, type, linkname } = entry.header
    found.push({ name, type, link: linkname, content: Buffer.concat(chunks).toString('utf8') })
  }
  return found
}

async function* pieces(whole: Buffer, sizes: number[]): AsyncGenerator<Buffer> {
  for (let at = 0, turn = 0; at < whole.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? whole.length
    yield Promise.resolve(whole.subarray(at, at + size))
    at += size
  }
}

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return Buffer.concat(all)
}

const name = fc
  .string({ unit: fc.constantFrom('a', 'é', '☃', ' ', '-', '\n', '.x'), minLength: 1, maxLength: 130 })
  .filter((text) => !/^\.+$/.test(text))
const path = fc.array(name, { minLength: 1, maxLength: 4 }).map((names) => names.join('/'))

test('any path and link that is written is read again', async () => {
  await fc.assert(
    fc.asyncProperty(
      path,
      fc.string({ unit: fc.constantFrom('l', 'ü', '/'), minLength: 1, maxLength: 300 }),
      async (where, target) => {
        const entry: TarEntry = {
          type: 'symlink',
          path: bytesOf(where),
          mode: 0o777,
          size: 0,
          mtime: 1,
          target: bytesOf(target),
        }
        const file = tarFile({ path: bytesOf(`${where}.f`), mode: 0o644, mtime: 1 }, Buffer.from(where), root)
        const read = await readAll(Buffer.concat([tarHeader(entry, root), file, endOfTar]))
        assert.deepEqual(read, [
          { name: where, type: 'symlink', link: target, content: '' },
          { name: `${where}.f`, type: 'file', link: null, content: where },
        ])
      },
    ),
    { numRuns: 200 },
  )
})

test('an archive passes through moved and thinned, however it is cut into pieces', async () => {
  const files = fc.uniqueArray(fc.tuple(path, fc.string({ maxLength: 1500 })), {
    selector: ([where]) => where,
    maxLength: 6,
  })
  await fc.assert(
    fc.asyncProperty(
      files,
      fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 4 }),
      async (entries, sizes) => {
        const source = pack()
        for (const [where, content] of entries) source.entry({ name: where, mtime: new Date(5000) }, content)
        source.finalize()
        const whole = await collect(source as unknown as AsyncIterable<Buffer>)
        const edit = (entry: TarEntry) =>
          entry.path.includes('x') ? undefined : { ...entry, path: `to/${entry.path}` }
        const moved = await collect(retar(pieces(whole, sizes), { uid: 7, gid: 8 }, edit))
        const wanted = entries.filter(([where]) => !where.includes('x'))
        assert.deepEqual(
          (await readAll(Buffer.concat([moved, endOfTar]))).map(({ name: where, content }) => [
            where,
            content,
          ]),
          wanted.map(([where, content]) => [`to/${where}`, content]),
        )
      },
    ),
    { numRuns: 100 },
  )
})

test('a file larger than eleven octal digits can say keeps its size', async () => {
  const size = 9 * 1024 ** 3
  const reader = extract()
  const seen = once(reader, 'entry')
  reader.write(tarHeader({ type: 'file', path: 'big', mode: 0o644, size, mtime: 1, target: '' }, root))
  const [header] = (await seen) as [{ size: number }]
  assert.equal(header.size, size)
})
