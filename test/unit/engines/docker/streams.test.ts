import assert from 'node:assert/strict'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { pack, type Header } from 'tar-stream'
import { frames } from '../../../../src/engines/docker/frames.ts'
import { jsonLines } from '../../../../src/engines/docker/json-lines.ts'
import { withoutRoot } from '../../../../src/engines/docker/tar-root.ts'

/** The bytes as a stream, cut into pieces of this size. */
function cut(bytes: Buffer, size: number): Readable {
  const pieces: Buffer[] = []
  for (let at = 0; at < bytes.length; at += size) pieces.push(bytes.subarray(at, at + size))
  return Readable.from(pieces, { objectMode: true })
}

async function all<T>(values: AsyncIterable<T>): Promise<T[]> {
  const found: T[] = []
  for await (const value of values) found.push(value)
  return found
}

describe('frames', () => {
  test('give back what was sent, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.uint8Array({ maxLength: 40 })),
        fc.integer({ min: 1, max: 50 }),
        async (pieces, size) => {
          const sent = pieces.map((piece, index) => {
            const header = Buffer.alloc(8)
            header[0] = 1 + (index % 2)
            header.writeUInt32BE(piece.length, 4)
            return Buffer.concat([header, piece])
          })
          const got = Buffer.concat(await all(frames(cut(Buffer.concat(sent), size))))
          assert.deepEqual(got, Buffer.concat(pieces))
        },
      ),
    )
  })

  test('pass a piece on before it is whole', async () => {
    const stream = new Readable({ read: () => undefined })
    stream.push(Buffer.from([1, 0, 0, 0, 0, 0, 0, 9, 97]))
    const first = await frames(stream).next()
    assert.equal(String(first.value), 'a')
  })
})

describe('jsonLines', () => {
  test('give back what was sent, however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: 'binary' }).map((text) => ({ text }))),
        fc.integer({ min: 1, max: 20 }),
        async (values, size) => {
          const bytes = Buffer.from(values.map((value) => JSON.stringify(value)).join('\r\n'))
          assert.deepEqual(await all(jsonLines(cut(bytes, size))), values)
        },
      ),
    )
  })

  test('an error of the stream is theirs too', async () => {
    const stream = new Readable({ read: () => undefined })
    const read = all(jsonLines(stream))
    stream.destroy(new Error('the line broke'))
    await assert.rejects(read, /the line broke/)
  })
})

describe('a tar stream without its root', () => {
  async function tar(entries: (Partial<Header> & { name: string; content?: string })[]): Promise<Buffer> {
    const made = pack()
    for (const { content, ...header } of entries) made.entry(header, content ?? '')
    made.finalize()
    return buffer(Readable.from(made, { objectMode: false }))
  }
  const through = (bytes: Buffer, size: number) => buffer(cut(bytes, size).pipe(withoutRoot(Buffer.alloc(0))))
  const file = { name: 'a.txt', content: 'A', mtime: new Date(0) }
  const roots = [{ name: './' }, { name: '.' }, { name: './', pax: { 'x.y': 'z' } }].map((root) => ({
    ...root,
    type: 'directory' as const,
  }))

  for (const root of roots) {
    test(`${JSON.stringify(root)} is left out, however it is cut`, async () => {
      const [whole, wanted] = await Promise.all([tar([root, file]), tar([file])])
      for (const size of [1, 100, 512, 700, 10_000]) assert.deepEqual(await through(whole, size), wanted)
    })
  }

  const untouched: Record<string, (Partial<Header> & { name: string; content?: string })[]> = {
    'an archive without a root': [file],
    'one that begins with another directory': [{ name: 'sub/', type: 'directory' }, file],
    'one whose first file has pax headers': [{ ...file, name: `${'long/'.repeat(60)}a.txt` }],
    'an empty one': [],
  }
  for (const [title, entries] of Object.entries(untouched)) {
    test(`${title} comes through as it is`, async () => {
      const whole = await tar(entries)
      for (const size of [1, 512, 10_000]) assert.deepEqual(await through(whole, size), whole)
    })
  }

  test('a stream too short for an archive comes through as it is', async () => {
    assert.deepEqual(await through(Buffer.from('short'), 2), Buffer.from('short'))
  })
})
