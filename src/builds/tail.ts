import { plain } from './printable.ts'

/** The last lines of a text, without trailing blank ones. */
export function tailOf(text: string, lines: number): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

/** Bytes that are enough for them, with colours and all. */
const keptBytes = 16 * 1024
/** Characters of the last words of a program that a reason keeps. */
const maxWords = 4_000

/** Keeps the end of a stream of output, bounded, for the reason of a failure. */
export function createTail(): { add(chunk: Buffer): void; text(lines: number): string } {
  const kept: Buffer[] = []
  let size = 0
  return {
    add(chunk) {
      kept.push(chunk)
      size += chunk.length
      while (size - (kept[0]?.length ?? 0) > keptBytes) size -= kept.shift()?.length ?? 0
    },
    text: (lines) =>
      tailOf(plain(Buffer.concat(kept).subarray(-keptBytes).toString('utf8')), lines).slice(-maxWords),
  }
}
