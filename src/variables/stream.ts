import type { Masker } from './mask.ts'

/** What a program says, piece by piece, without secrets. `fresh` is awaited before each piece is looked at. */
export async function* masked(
  masker: Masker,
  pieces: AsyncIterable<Buffer>,
  fresh: () => Promise<void> = () => Promise.resolve(),
): AsyncGenerator<Buffer> {
  const mask = masker.bytes()
  for await (const piece of pieces) {
    await fresh()
    const shown = mask.push(piece)
    if (shown.length > 0) yield shown
  }
  const rest = mask.flush()
  if (rest.length > 0) yield rest
}
