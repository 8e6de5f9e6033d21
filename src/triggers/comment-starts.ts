/** Tabs reach to the next column that is a multiple of four, as CommonMark counts them. */
export function withoutTabs(line: string): string {
  if (!line.includes('\t')) return line
  let result = ''
  for (const part of line.split(/(\t)/)) result += part === '\t' ? ' '.repeat(4 - (result.length % 4)) : part
  return result
}

export function indentOf(line: string): number {
  let indent = 0
  while (line[indent] === ' ') indent += 1
  return indent
}

export function isBlank(line: string): boolean {
  return /^ *$/.test(line)
}

/** A fence that begins code. All that follow are asked about lines without their indentation. */
export function fenceAt(body: string): { sign: string; length: number } | undefined {
  const signs = /^(?:`{3,}(?!.*`)|~{3,})/.exec(body)?.[0]
  return signs === undefined ? undefined : { sign: signs.charAt(0), length: signs.length }
}

/** Whether a line, with its indentation, ends the code that began with a fence. */
export function endsFence(line: string, fence: { sign: string; length: number }): boolean {
  const signs = /^ {0,3}(`{3,}|~{3,}) *$/.exec(line)?.[1]
  return signs?.startsWith(fence.sign) === true && signs.length >= fence.length
}

export function isHeading(body: string): boolean {
  return /^#{1,6}(?: |$)/.test(body)
}

/** Makes the text above it a heading. */
export function isUnderline(body: string): boolean {
  return /^(?:=+|-+) *$/.test(body)
}

export function isRule(body: string): boolean {
  return /^(?:(?:\* *){3,}|(?:_ *){3,}|(?:- *){3,})$/.test(body)
}

/** An item of a list: how many characters its sign takes with the spaces after it. Not each may interrupt a paragraph. */
export function itemAt(body: string, inText: boolean): { signs: number } | undefined {
  const found = /^(?:[-+*]|(\d{1,9})[.)])(?= |$)/.exec(body)
  if (!found) return undefined
  const [sign, number] = found
  const after = body.slice(sign.length)
  if (inText && (isBlank(after) || (number !== undefined && Number(number) !== 1))) return undefined
  const spaces = indentOf(after)
  // Five or more are one, and code that is indented by the others.
  return { signs: sign.length + (isBlank(after) || spaces > 4 ? 1 : spaces) }
}

/** HTML and what ends it; null = a blank line. Single tags of no known kind do not interrupt a paragraph. */
export function htmlAt(body: string, inText: boolean): { end: RegExp | null } | undefined {
  if (!body.startsWith('<')) return undefined
  const closed = enclosing.find(([begin]) => begin.test(body))
  if (closed) return { end: closed[1] }
  return blockTag.test(body) || (!inText && loneTag.test(body)) ? { end: null } : undefined
}

const enclosing: [begin: RegExp, end: RegExp][] = [
  [/^<(?:script|pre|textarea|style)(?:\s|>|$)/i, /<\/(?:script|pre|textarea|style)>/i],
  [/^<!--/, /-->/],
  [/^<\?/, /\?>/],
  [/^<![A-Za-z]/, />/],
  [/^<!\[CDATA\[/, /\]\]>/],
]

const blockNames =
  'address article aside base basefont blockquote body caption center col colgroup dd details dialog dir div dl dt ' +
  'fieldset figcaption figure footer form frame frameset h[1-6] head header hr html iframe legend li link main menu ' +
  'menuitem nav noframes ol optgroup option p param search section source summary table tbody td tfoot th thead title tr ' +
  'track ul'
const blockTag = new RegExp(`^</?(?:${blockNames.replaceAll(' ', '|')})(?:\\s|/?>|$)`, 'i')

const attribute = '\\s+[A-Za-z_:][A-Za-z0-9_.:-]*(?:\\s*=\\s*(?:[^\\s"\'=<>`]+|\'[^\']*\'|"[^"]*"))?'
const tag = `<(?:[A-Za-z][A-Za-z0-9-]*(?:${attribute})*\\s*/?|/[A-Za-z][A-Za-z0-9-]*\\s*)>`
const loneTag = new RegExp(`^${tag}\\s*$`)

/** A tag, or an address in angle brackets, that stands in text at a place. */
export function tagAt(text: string, place: number): string | undefined {
  tagHere.lastIndex = place
  return tagHere.exec(text)?.[0]
}

const tagHere = new RegExp(`${tag}|<[A-Za-z][A-Za-z0-9.+-]{1,31}:[^<>\\s]*>`, 'y')
