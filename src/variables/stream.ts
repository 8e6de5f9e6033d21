import type { Masker } from './mask.ts'

/** What a program says, piece by piece, without secrets. */
export async function* masked(masker: Masker, pieces: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  const mask = masker.bytes()
  for await (const piece of pieces) {
    const shown = mask.push(piece)
    if (shown.length > 0) yield shown
  }
  const rest = mask.flush()
  if (rest.length > 0) yield rest
}
