import type { BaseUrl } from '../config/config.ts'

/** Flat, as they came: name, value, name, value. */
export type RawHeaders = readonly string[]

/** Between two neighbours only (RFC 9110, 7.6.1); `Expect` is answered here, and framing is made anew on each side. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'http2-settings',
  'expect',
])

/** Ours to say; what a service says under these names is dropped. */
const saidByUs = new Set(['x-robots-tag', 'x-qaack-stale', 'x-qaack-state'])

/** What a proxy in front of us may say about the client, and nobody else. */
function tellsOfClient(name: string): boolean {
  return name.startsWith('x-forwarded-') || name === 'forwarded' || name === 'x-real-ip'
}

export interface ClientFacts {
  /** Address of the other end of the connection. */
  peer: string
  /** The Host that was asked for. */
  host: string
  base: BaseUrl
}

/**
 * The headers that go to a service: all but hop-by-hop ones and those named in `Connection`; the original Host;
 * `X-Forwarded-For`, `-Host`, `-Proto`.
 *
 * What is said already about the client is believed only if the other end is on this machine or in a private network,
 * that is a proxy which ends TLS in front of us: then its address is appended to `X-Forwarded-For` and the other two are
 * kept. From anyone else all of it is dropped (also `Forwarded` and `X-Real-IP`), because a service may decide by it who
 * is let in; `X-Forwarded-Proto` is then the scheme of the base address, the one people use.
 */
export function requestHeaders(raw: RawHeaders, { peer, host, base }: ClientFacts): string[] {
  const trusted = isPrivate(peer)
  const named = namedInConnection(raw)
  const headers = ['Host', host]
  const chain: string[] = []
  let forwardedHost = host
  let proto: string = base.scheme
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const value = raw[index + 1] ?? ''
    const lower = name.toLowerCase()
    if (lower === 'host' || hopByHop.has(lower)) continue
    if (tellsOfClient(lower)) {
      if (!trusted) continue
      if (lower === 'x-forwarded-for') chain.push(value)
      else if (lower === 'x-forwarded-host') forwardedHost = value
      else if (lower === 'x-forwarded-proto') proto = /^https?$/i.test(value) ? value.toLowerCase() : proto
      else headers.push(name, value)
    } else if (lower === 'content-length' || !named?.has(lower)) {
      headers.push(name, value)
    }
  }
  chain.push(peer)
  headers.push(
    'X-Forwarded-For',
    chain.join(', '),
    'X-Forwarded-Host',
    forwardedHost,
    'X-Forwarded-Proto',
    proto,
  )
  return headers
}

/**
 * The headers that go back to the client: all but hop-by-hop ones; never into a search engine; with `x-qaack-stale` while what
 * serves is older than its ref: the commit that it is of. `trailers`: the announcement of trailers stays, because they can follow.
 */
export function responseHeaders(
  raw: RawHeaders,
  facts: { stale: string | null; trailers: boolean },
): string[] {
  const named = namedInConnection(raw)
  const headers: string[] = []
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? ''
    const lower = name.toLowerCase()
    if (saidByUs.has(lower) || (named?.has(lower) && lower !== 'content-length')) continue
    if (hopByHop.has(lower) && !(lower === 'trailer' && facts.trailers)) continue
    headers.push(name, raw[index + 1] ?? '')
  }
  headers.push('X-Robots-Tag', 'noindex, nofollow')
  if (facts.stale !== null) headers.push('x-qaack-stale', facts.stale)
  return headers
}

/** First value of a header in raw headers; `name` in lower case. */
export function valueOf(raw: RawHeaders, name: string): string | undefined {
  for (let index = 0; index < raw.length; index += 2) {
    if (raw[index]?.length === name.length && raw[index]?.toLowerCase() === name) return raw[index + 1]
  }
  return undefined
}

function namedInConnection(raw: RawHeaders): Set<string> | undefined {
  const value = valueOf(raw, 'connection')
  // The usual values name no header; most requests end here.
  if (value === undefined || value === 'keep-alive' || value === 'close') return undefined
  const values = raw.filter((_, index) => index % 2 === 1 && raw[index - 1]?.toLowerCase() === 'connection')
  return new Set(values.flatMap((text) => text.toLowerCase().split(',')).map((name) => name.trim()))
}

/** This machine, or a private network: loopback, RFC 1918, link-local, and their kin in IPv6. */
export function isPrivate(address: string): boolean {
  const plain = address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
  return (
    plain === '::1' ||
    /^(127\.|10\.|192\.168\.|169\.254\.|172\.(1[6-9]|2\d|3[01])\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:)/i.test(
      plain,
    )
  )
}
