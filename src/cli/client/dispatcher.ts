import { lookup, type LookupAddress, type LookupOptions } from 'node:dns'
import { isIPv4 } from 'node:net'
import type { Agent } from 'undici'

type Found = (error: NodeJS.ErrnoException | null, address: string | LookupAddress[], family?: number) => void

let agent: Promise<Agent> | undefined

/**
 * What carries requests that plain `fetch` does not: answers that are quiet for minutes, and `*.localhost`, which many
 * machines do not resolve though it means the machine itself (RFC 6761). Loaded on first use; most commands need none.
 */
export function dispatcherFor(): Promise<Agent> {
  return (agent ??= import('undici').then(
    ({ Agent }) =>
      new Agent({ headersTimeout: 0, bodyTimeout: 0, connect: { timeout: 10_000, lookup: lookupLoopback } }),
  ))
}

export function isLoopbackName(name: string): boolean {
  return name === 'localhost' || name.endsWith('.localhost')
}

/** Whether a host can only be this machine, so that a token sent there goes nowhere else. */
export function isThisMachine(host: string): boolean {
  return isLoopbackName(host) || host === '[::1]' || (isIPv4(host) && host.startsWith('127.'))
}

function lookupLoopback(name: string, options: LookupOptions, found: Found): void {
  if (!isLoopbackName(name)) return lookup(name, options, found)
  const addresses: LookupAddress[] = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ]
  if (options.all) return found(null, addresses)
  found(null, '127.0.0.1', 4)
}
