import type { Problem } from './faults.ts'

/** Largest file that is read, in UTF-16 units. */
export const mostText = 256 * 1024

/**
 * The text with `\n` as its only line break and without a byte order mark, so that lines and columns stay what an
 * editor shows; or what in it no Qaackfile may have.
 */
export function cleanSource(text: string): { text: string; problems: Problem[] } {
  if (text.length > mostText) {
    const size = `${Math.ceil(text.length / 1024)} KiB`
    return {
      text: '',
      problems: [
        {
          offset: 0,
          path: '',
          message: `a Qaackfile has at most ${mostText / 1024} KiB, this one has ${size}`,
        },
      ],
    }
  }
  const clean = text.replace(/^\ufeff/, '').replace(/\r\n?/g, '\n')
  const problems: Problem[] = []
  for (const match of clean.matchAll(forbidden)) {
    problems.push({ offset: match.index, path: '', message: forbiddenMessage(match[0]) })
    if (problems.length === 20) break
  }
  return { text: clean, problems }
}

/** What YAML calls not printable, lone halves of surrogate pairs, and line breaks that only some programs see. */
// eslint-disable-next-line no-control-regex
const forbidden = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff\p{Cs}]/gu

function forbiddenMessage(character: string): string {
  const code = character.charCodeAt(0).toString(16).padStart(4, '0')
  return `the character U+${code.toUpperCase()} cannot stand in a Qaackfile; write "\\u${code}" in double quotes if it is meant`
}
