import { createHash } from 'node:crypto'

/**
 * Text as both databases can hold it. PostgreSQL refuses NUL, and neither keeps half of a surrogate pair; both can come
 * from a build's output or a stranger's request, so they are written as escapes and every string comes back as it went in.
 */
export function escapeText(text: string): string {
  if (!/[\\\0]/.test(text) && text.isWellFormed()) return text
  return text.replace(/[\\\0\p{Surrogate}]/gu, (one) =>
    one === '\\' ? '\\\\' : `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

export function unescapeText(text: string): string {
  if (!text.includes('\\')) return text
  return text.replace(/\\(?:\\|u([0-9a-f]{4}))/g, (_, code?: string) =>
    code === undefined ? '\\' : String.fromCharCode(Number.parseInt(code, 16)),
  )
}

const longestKey = 200

/**
 * Text for a column that is only compared. A long one is cut and gets a hash of the whole, because an index entry of
 * PostgreSQL ends at 2,704 bytes; equal texts stay equal, others stay apart.
 */
export function keyText(text: string): string {
  const escaped = escapeText(text)
  if (escaped.length <= longestKey) return escaped
  return `${escaped.slice(0, longestKey).toWellFormed()}~${createHash('sha256').update(escaped).digest('hex')}`
}
