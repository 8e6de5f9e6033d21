import { stripVTControlCharacters } from 'node:util'

/**
 * One line that does nothing to a terminal: what came from a server or a repository may hold anything, but may not move
 * the cursor or recolour what stands around it.
 */
export function oneLine(text: string): string {
  return (
    stripVTControlCharacters(text)
      // eslint-disable-next-line no-control-regex
      .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
      .trim()
  )
}

/** The same for several lines: line breaks and tabs stay. */
export function plainText(text: string): string {
  // eslint-disable-next-line no-control-regex
  return stripVTControlCharacters(text).replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]+/g, ' ')
}

const wide =
  /\p{Emoji_Presentation}|[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]/u
const graphemes = new Intl.Segmenter()

/** Columns a text takes on a terminal; colours take none. */
export function widthOf(text: string): number {
  const plain = stripVTControlCharacters(text)
  if (/^[\x20-\x7e]*$/.test(plain)) return plain.length
  return Array.from(graphemes.segment(plain)).reduce(
    (sum, { segment }) => sum + (wide.test(segment) ? 2 : 1),
    0,
  )
}

/** Cut to at most `columns`, the last of them an ellipsis if anything was cut. */
export function cut(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text
  let result = ''
  let width = 1
  for (const { segment } of graphemes.segment(text)) {
    width += wide.test(segment) ? 2 : 1
    if (width > columns) break
    result += segment
  }
  return `${result}…`
}
