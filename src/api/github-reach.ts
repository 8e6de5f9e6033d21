import { lookup } from 'node:dns/promises'
import { BlockList, isIPv6 } from 'node:net'
import type { Clock } from '../clock.ts'
import { addressOf, type BaseUrl } from '../config/config.ts'

/** How well GitHub can call this server. */
export interface Reach {
  kind: 'good' | 'plain' | 'private' | 'local'
  /** What is wrong with it and what to do, as sentences; null if nothing is. */
  warning: string | null
}

/** Finds the addresses of a name. */
export type Lookup = (domain: string) => Promise<string[]>

/** Milliseconds that a name server gets. */
const patience = 2_000

/** Guesses from the base address whether GitHub can call it; a name that nobody knows here may be known elsewhere. */
export async function reachFromGithub(
  base: BaseUrl,
  clock: Clock,
  addressesOf: Lookup = systemLookup,
): Promise<Reach> {
  const answered = new AbortController()
  const late = clock.sleep(patience, answered.signal).then((): string[] => [])
  const found = isLocalName(base.domain) ? [] : addressesOf(base.domain).catch((): string[] => [])
  const addresses = await Promise.race([found, late])
  answered.abort()
  return reachOf(base, addresses)
}

/** The same for known addresses of the name. */
export function reachOf(base: BaseUrl, addresses: string[]): Reach {
  const address = addressOf(base)
  const remedy =
    'Set base_url (QAACK_BASE_URL) to an address that GitHub can call, or name a webhook relay below that hands ' +
    `its calls on to ${address}/api/github/webhooks.`
  if (isLocalName(base.domain) || (addresses.length > 0 && addresses.every((one) => isIn(loopback, one))))
    return {
      kind: 'local',
      warning: `GitHub cannot call this server: ${address} means this very machine to whoever uses it. ${remedy}`,
    }
  const isPrivate = addresses.length > 0 && addresses.every((one) => isIn(loopback, one) || isIn(inside, one))
  if (isPrivate || isInnerName(base.domain)) {
    const where = isPrivate ? ` (${addresses.join(', ')})` : ''
    return {
      kind: 'private',
      warning: `github.com cannot call this server: ${address}${where} is known in your own network only; a GitHub Enterprise Server there can. ${remedy}`,
    }
  }
  if (base.scheme === 'http')
    return {
      kind: 'plain',
      warning: `GitHub would call this server over http, so that others can read along: put TLS in front of it and set base_url (QAACK_BASE_URL) to https://${base.domain}.`,
    }
  return { kind: 'good', warning: null }
}

async function systemLookup(domain: string): Promise<string[]> {
  return (await lookup(domain, { all: true })).map(({ address }) => address)
}

function isLocalName(domain: string): boolean {
  return /(^|\.)localhost$/i.test(domain)
}

/** Without a dot, or below what is kept for private networks. */
function isInnerName(domain: string): boolean {
  return !domain.includes('.') || /\.(local|internal|lan|intranet|test|home\.arpa)$/i.test(domain)
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8)
loopback.addAddress('::1', 'ipv6')

const inside = new BlockList()
for (const [network, bits] of [
  ['10.0.0.0', 8],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['169.254.0.0', 16],
  ['100.64.0.0', 10],
] as const)
  inside.addSubnet(network, bits)
inside.addSubnet('fc00::', 7, 'ipv6')
inside.addSubnet('fe80::', 10, 'ipv6')

function isIn(list: BlockList, address: string): boolean {
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4')
}
