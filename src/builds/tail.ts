import { longestForm } from '../variables/forms.ts'
import { plain } from './printable.ts'

/** The last lines of a text, without trailing blank ones. */
export function tailOf(text: string, lines: number): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n')
}

/** Bytes that are enough for them, with colours and all. */
const keptBytes = 16 * 1024
/** Characters of the last words of a program that a reason keeps. */
const maxWords = 4_000
/** At most, in UTF-8. */
const bytesOfCharacter = 3

/**
 * Keeps the end of a stream of output, bounded, for the reason of a failure. Where something was cut off, so much more goes
 * that no secret is left in part, which nobody would find any more.
 */
export function createTail(): { add(chunk: Buffer): void; text(lines: number): string } {
  const kept: Buffer[] = []
  let size = 0
  let isWhole = true
  return {
    add(chunk) {
      kept.push(chunk)
      size += chunk.length
      if (size > keptBytes) isWhole = false
      while (size - (kept[0]?.length ?? 0) > keptBytes) size -= kept.shift()?.length ?? 0
    },
    text(lines) {
      const bytes = Buffer.concat(kept).subarray(-keptBytes)
      const whole = isWhole ? bytes : bytes.subarray(longestForm * bytesOfCharacter)
      const words = tailOf(plain(whole.toString('utf8')), lines)
      return words.length <= maxWords ? words : words.slice(longestForm - maxWords)
    },
  }
}
