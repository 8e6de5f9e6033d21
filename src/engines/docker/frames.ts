import type { Readable } from 'node:stream'

const headerLength = 8

/**
 * The output in a stream of the engine, where each piece comes behind eight bytes that tell its length and whether it is
 * standard output or error; here both are one, in their order. A piece is passed on as it comes, not when it is whole.
 */
export async function* frames(stream: Readable): AsyncGenerator<Buffer> {
  let header = Buffer.alloc(0)
  let missing = 0
  for await (let chunk of stream as AsyncIterable<Buffer>) {
    while (chunk.length > 0) {
      if (missing > 0) {
        const piece = chunk.subarray(0, missing)
        missing -= piece.length
        chunk = chunk.subarray(piece.length)
        yield piece
        continue
      }
      const wanted = headerLength - header.length
      header = Buffer.concat([header, chunk.subarray(0, wanted)])
      chunk = chunk.subarray(wanted)
      if (header.length < headerLength) continue
      missing = header.readUInt32BE(4)
      header = Buffer.alloc(0)
    }
  }
}
