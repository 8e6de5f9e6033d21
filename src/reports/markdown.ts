import { plain } from '../builds/printable.ts'

/** Between two characters, where it keeps a host from seeing a mention, a reference or a mark of ours in them. */
const gap = '\u200b'

// Characters that reorder what is read are no part of any text that has to be believed.
const invisible = /[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/g

/**
 * Text of people inside a sentence of ours: shows exactly as it is, in one line, at most `most` characters of it. It makes no
 * markup, no link, no table cell, mentions nobody and refers to no other change.
 */
export function text(value: string, most = 500): string {
  return bounded(value, most)
    .replace(/[\\`*_[\]|~!$]|:(?=\S)/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', `@${gap}`)
    .replace(/#(?=\d)/g, `#${gap}`)
    .replace(/\b(GH)-(?=\d)/gi, `$1${gap}-`)
    .replace(/www\./gi, (found) => `${found.slice(0, 3)}${gap}.`)
    .replace(/^[-+#=]|^\d+(?=[.)])/, (start) => (/\d/.test(start) ? `${start}\\` : `\\${start}`))
}

/** A name of people, or a command, as code: nothing in it means anything. Also right within a cell of a table. */
export function code(value: string, most = 200): string {
  const shown = unmarked(bounded(value, most)).replaceAll('|', '\u00a6') || ' '
  const fence = '`'.repeat(longestRun(shown) + 1)
  const pad = shown.startsWith('`') || shown.endsWith('`') ? ' ' : ''
  return `${fence}${pad}${shown}${pad}${fence}`
}

/** Lines of somebody's program, in a fence that none of them can end. */
export function fence(lines: string[], mostOfLine = 500): string {
  const shown = lines
    .map((line) => unmarked(cut(clean(line.slice(0, 8 * mostOfLine)), mostOfLine)))
    .join('\n')
  const ticks = '`'.repeat(Math.max(3, longestRun(shown) + 1))
  return `${ticks}text\n${shown}\n${ticks}`
}

/** `name` is Markdown. */
export function link(name: string, url: string): string {
  return `[${name}](${safeUrl(url)})`
}

/** An address that shows itself. */
export function address(url: string): string {
  return `<${safeUrl(url)}>`
}

/** Cells are Markdown in one line. */
export function table(head: string[], rows: string[][]): string {
  const line = (cells: string[]) => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

/** `summary` is plain text, `body` is Markdown. */
export function details(summary: string, body: string): string {
  return `<details>\n<summary>${summary}</summary>\n\n${body}\n\n</details>`
}

/** At most `most` characters, never half of one. */
export function cut(value: string, most: number): string {
  if (value.length <= most) return value
  const end = most - 1
  const half = /[\ud800-\udbff]/.test(value.charAt(end - 1))
  return `${value.slice(0, half ? end - 1 : end)}…`
}

/** In one line, without anything that is not seen. */
function oneLine(value: string): string {
  return clean(value).replace(/\s+/g, ' ').trim()
}

/** At most `most` characters in one line; what is far too long is not even looked at. */
export function bounded(value: string, most: number): string {
  return cut(oneLine(value.slice(0, 8 * most)), most)
}

/** A hidden line of ours tells the host's side which comment is whose: it must not be found in anything that is shown. */
function unmarked(value: string): string {
  return value.replaceAll('<!--', `<!${gap}--`)
}

function clean(value: string): string {
  return plain(value.toWellFormed()).replace(invisible, '')
}

function longestRun(value: string): number {
  return Math.max(0, ...(value.match(/`+/g) ?? []).map(({ length }) => length))
}

function safeUrl(url: string): string {
  return url.replace(/[\s<>()|\\"'`@]/g, (found) => `%${found.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
