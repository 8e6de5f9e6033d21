import { join, resolve } from 'node:path'
import { wrongUse } from '../terminal/failure.ts'
import type { World } from '../terminal/world.ts'
import { isThisMachine } from './dispatcher.ts'
import { readIfThere, readLogin } from './login-file.ts'

/** Which server a command talks to, and who said so. */
export interface Server {
  /** Without a slash at its end. */
  url: string
  token: string | null
  /** `QAACK_URL`, `qaack login`, `the default`. */
  source: string
  tokenSource: string
}

/**
 * QAACK_URL and QAACK_TOKEN, else what `qaack login` kept, else a server of this folder on this machine with the token
 * that it made at its first start. A kept or found token is only sent to the server it belongs to.
 */
export function findServer(world: Pick<World, 'env' | 'cwd'>): Server {
  const { env } = world
  const login = readLogin(env)
  const address = env.QAACK_URL
    ? { url: serverUrl(env.QAACK_URL, 'QAACK_URL'), source: 'QAACK_URL' }
    : login
      ? { url: login.url, source: 'qaack login' }
      : { url: `http://127.0.0.1:${env.QAACK_PORT || 3000}`, source: 'the default' }
  if (env.QAACK_TOKEN) return { ...address, token: env.QAACK_TOKEN.trim(), tokenSource: 'QAACK_TOKEN' }
  if (login?.url === address.url) return { ...address, token: login.token, tokenSource: 'qaack login' }
  const path = join(resolve(world.cwd, env.QAACK_DATA_DIR || './data'), 'admin-token')
  const token = isThisMachine(new URL(address.url).hostname) ? readIfThere(path)?.trim() : undefined
  return { ...address, token: token || null, tokenSource: token ? path : 'none' }
}

/** Scheme, host and port of an address, checked; `what` names where it was given. */
export function serverUrl(text: string, what: string): string {
  const url = URL.parse(text)
  if (
    !url ||
    !/^https?:$/.test(url.protocol) ||
    url.pathname !== '/' ||
    url.search ||
    url.hash ||
    url.username
  ) {
    throw wrongUse(`${what} must be an address like https://qaack.example.org, not ${text}`)
  }
  return url.origin
}
