import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Who asks, as far as tokens tell. */
export interface Caller {
  /** Id of the token's record; null for the admin token, which has none. */
  tokenId: string | null
  readOnly: boolean
  /** The token came as a cookie, which a browser also sends when another site makes it ask. */
  byCookie: boolean
}

/** The token of a request: the header `X-QAACK-TOKEN` if it is there, else the cookie `token`. */
export function tokenOf(headers: IncomingHttpHeaders): { token: string; byCookie: boolean } | undefined {
  const header = [headers['x-qaack-token']].flat()[0]?.trim()
  if (header) return { token: header, byCookie: false }
  for (const pair of (headers.cookie ?? '').split(';')) {
    const [name, value] = splitAt(pair, '=')
    if (name === 'token' && value !== '') return { token: value.replace(/^"(.*)"$/, '$1'), byCookie: true }
  }
  return undefined
}

/** How tokens are kept: nobody who reads the store can use them. SHA-256, hex. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Compares in a time that tells nothing about how much of it is right. */
export function sameHash(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}

/**
 * Whether a write that a browser sends with its cookie comes from our own pages. The previews below the base domain run
 * code of anybody and count as the same site to a browser, so only an equal origin will do.
 */
export function isOwnPage(headers: IncomingHttpHeaders, ownOrigins: string[]): boolean {
  const { origin } = headers
  if (origin !== undefined)
    return (
      ownOrigins.includes(origin) ||
      (headers.host !== undefined && hostOf(origin) === headers.host.toLowerCase())
    )
  const site = [headers['sec-fetch-site']].flat()[0]
  return site === undefined || site === 'same-origin' || site === 'none'
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined
}

function splitAt(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text.trim(), ''] : [text.slice(0, at).trim(), text.slice(at + 1).trim()]
}
