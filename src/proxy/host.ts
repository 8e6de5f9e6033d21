import { isIP, isIPv6 } from 'node:net'

/** A host as a request names it: lower case, without port and trailing dot. */
export interface HostName {
  domain: string
  /** An address, or `localhost`: whoever asks so means this server and no name below the base domain. */
  local: boolean
}

/** `undefined` for what is not a host at all. Brackets around an IPv6 address are taken off. */
export function parseHost(host: string): HostName | undefined {
  const text = host.trim().toLowerCase()
  const bracketed = /^\[([0-9a-f:.]+)\](?::\d{0,5})?$/.exec(text)?.[1]
  if (bracketed !== undefined) return isIPv6(bracketed) ? { domain: bracketed, local: true } : undefined
  const domain = /^([a-z0-9_-]+(?:\.[a-z0-9_-]+)*)\.?(?::\d{0,5})?$/.exec(text)?.[1]
  return domain === undefined ? undefined : { domain, local: domain === 'localhost' || isIP(domain) === 4 }
}

/**
 * The Host header among raw headers (name, value, name, …). Several are joined with a comma, which no host contains, so
 * that a request with two of them is refused instead of meaning one thing here and another thing behind us.
 */
export function hostHeader(rawHeaders: readonly string[]): string | undefined {
  let found: string | undefined
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = rawHeaders[index]
    if (name?.length !== 4 || name.toLowerCase() !== 'host') continue
    const value = rawHeaders[index + 1] ?? ''
    found = found === undefined ? value : `${found},${value}`
  }
  return found
}

/**
 * Host and path of a request's target: a path, or a whole address as it is sent to proxies, whose host then outranks the
 * header. `undefined` for anything else (`*`, `host:port`).
 */
export function readTarget(
  url: string,
  host: string | undefined,
): { host: string | undefined; path: string } | undefined {
  if (url.startsWith('/')) return { host, path: url }
  const whole = /^https?:\/\/([^/?#]+)([^#]*)/i.exec(url)
  if (!whole) return undefined
  const path = whole[2] ?? ''
  return { host: whole[1], path: path.startsWith('/') ? path : `/${path}` }
}
