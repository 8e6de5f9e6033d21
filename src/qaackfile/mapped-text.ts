import { lastAtMost } from './faults.ts'

/** A text made from another one, which knows where each of its places came from. */
export interface MappedText {
  text: string
  /** The place in the source that the place `offset` of this text was made from. */
  sourceOffset(offset: number): number
}

export interface TextBuilder {
  readonly length: number
  /** Adds what stands at `source`, unchanged. */
  copy(text: string, source: number): void
  /** Adds what was made for the place `source`: every place in it is that one. */
  make(text: string, source: number): void
  finish(): MappedText
}

export function textBuilder(): TextBuilder {
  const parts: string[] = []
  const starts: number[] = []
  const pieces: { source: number; copied: boolean }[] = []
  let length = 0

  function add(text: string, source: number, copied: boolean): void {
    if (text === '') return
    parts.push(text)
    starts.push(length)
    pieces.push({ source, copied })
    length += text.length
  }

  return {
    get length() {
      return length
    },
    copy: (text, source) => add(text, source, true),
    make: (text, source) => add(text, source, false),
    finish: () => ({
      text: parts.join(''),
      sourceOffset(offset) {
        const index = lastAtMost(starts, offset)
        const piece = pieces[index]
        if (piece === undefined) return 0
        return piece.copied ? piece.source + Math.max(0, offset - (starts[index] ?? 0)) : piece.source
      },
    }),
  }
}
