import { stripVTControlCharacters } from 'node:util'

/** Longer lines are cut: a page is no place for a megabyte of minified script. */
const maxLineLength = 1_000

/** What a terminal would show of the whole lines in `text`; `rest` is how much of a last line has not ended yet. */
export function readLines(text: string): { lines: string[]; rest: number } {
  const parts = text.split('\n')
  const rest = parts.pop() ?? ''
  return { lines: parts.map(shownLine), rest: rest.length }
}

/** Without colours and other control characters, and of a line that was written over only the last state. */
function shownLine(line: string): string {
  const plain = stripVTControlCharacters(line.replace(/\r+$/, ''))
  const last = plain.slice(plain.lastIndexOf('\r') + 1)
  // eslint-disable-next-line no-control-regex -- these are what must not get through
  const printable = last.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, '')
  return printable.length > maxLineLength ? `${printable.slice(0, maxLineLength)}…` : printable
}
