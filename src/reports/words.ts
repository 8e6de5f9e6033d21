/** A commit as people know it. */
export function short(hash: string): string {
  return hash.slice(0, 7)
}

/** `850 ms`, `12.3 s`, `1 min 3 s`, `2 h 5 min`. */
export function duration(milliseconds: number): string {
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`
  if (milliseconds < 59_950) return `${(milliseconds / 1000).toFixed(1)} s`
  const seconds = Math.round(milliseconds / 1000)
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`
  const minutes = Math.round(seconds / 60)
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

/** `90 minutes`, `2 hours`, `1 day`. */
export function lifetime(minutes: number): string {
  const count = (value: number, unit: string) => `${value} ${unit}${value === 1 ? '' : 's'}`
  if (minutes % 1440 === 0) return count(minutes / 1440, 'day')
  if (minutes % 60 === 0) return count(minutes / 60, 'hour')
  return count(minutes, 'minute')
}

/** `2027-01-15 08:00 UTC`. */
export function date(milliseconds: number): string {
  return `${new Date(milliseconds).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}

/** The first line, and the others that say something. */
export function sentenceAndDetails(reason: string): { sentence: string; details: string[] } {
  const [sentence = '', ...rest] = reason.trim().split('\n')
  return { sentence, details: linesOf(rest.join('\n')) }
}

/** Without empty ones at both ends. */
export function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/)
  while (lines.length > 0 && lines.at(-1)?.trim() === '') lines.pop()
  while (lines.length > 0 && lines[0]?.trim() === '') lines.shift()
  return lines
}

/** Of a sentence: with a capital, and an end. */
export function sentence(text: string): string {
  const said = text.trim()
  if (said === '') return ''
  // Not the name of a file or of a variable.
  const isWord = /^[a-z]+(?=[\s,.;'])/.test(said)
  const begun = isWord ? `${said.charAt(0).toUpperCase()}${said.slice(1)}` : said
  return `${begun}${/[.:!?…]$/.test(begun) ? '' : '.'}`
}
