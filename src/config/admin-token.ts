import type { BaseUrl } from './config.ts'

/** Less can be guessed: there is no limit to how often. */
const least = 16

const hint = `whoever guesses it may do everything here; set at least ${least} characters, such as: openssl rand -hex 32`

/** Why an admin token that people set is too short for a server that others can call; undefined if it is not. */
export function faultOfToken(token: string | undefined, base: BaseUrl): string | undefined {
  if (!isShort(token) || isLocal(base)) return undefined
  return `admin_token (QAACK_ADMIN_TOKEN) is too short for a server that answers at ${base.domain}: ${hint}`
}

/** What is said at the start of a server that only its own machine is to call. */
export function warningOfToken(token: string | null, base: BaseUrl): string | undefined {
  return isShort(token ?? undefined) && isLocal(base) ? `admin_token is short: ${hint}` : undefined
}

function isShort(token: string | undefined): boolean {
  return token !== undefined && token.length < least
}

function isLocal({ domain }: BaseUrl): boolean {
  return domain === 'localhost' || domain.endsWith('.localhost')
}
