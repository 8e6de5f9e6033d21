import { plain } from './printable.ts'

/** The last lines of a text, without trailing blank ones. */
export function tailOf(text: string, lines: number): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

/** Keeps the end of a stream of output, bounded, for the reason of a failure. */
export function createTail(): { add(chunk: Buffer): void; text(lines: number): string } {
  let kept = Buffer.alloc(0)
  return {
    add(chunk) {
      kept = Buffer.concat([kept, chunk])
      if (kept.length > 64 * 1024) kept = kept.subarray(-16 * 1024)
    },
    text: (lines) => tailOf(plain(kept.toString('utf8')), lines),
  }
}
