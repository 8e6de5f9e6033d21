import { join, resolve } from 'node:path'
import { settings } from '../../config/schema.ts'
import { fromFile } from '../../config/sources.ts'
import { wrongUse } from '../terminal/failure.ts'
import type { World } from '../terminal/world.ts'
import { isThisMachine } from './dispatcher.ts'
import { readIfThere, readLogin } from './login-file.ts'

const settingsFile = 'qaackd.yaml'

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
 * QAACK_URL and QAACK_TOKEN, else what `qaack login` kept, else the server of this folder on this machine, by the settings
 * that are in force here, with their admin token or the one that it made at its first start. A kept or found token is only
 * sent to the server it belongs to.
 */
export function findServer(world: Pick<World, 'env' | 'cwd'>): Server {
  const { env } = world
  const said = localSettings(world)
  const login = readLogin(env)
  const address = env.QAACK_URL
    ? { url: serverUrl(env.QAACK_URL, 'QAACK_URL'), source: 'QAACK_URL' }
    : login
      ? { url: login.url, source: 'qaack login' }
      : { url: `http://127.0.0.1:${portFrom(said('port') ?? '3000')}`, source: 'the default' }
  if (env.QAACK_TOKEN) return { ...address, token: env.QAACK_TOKEN.trim(), tokenSource: 'QAACK_TOKEN' }
  if (login?.url === address.url) return { ...address, token: login.token, tokenSource: 'qaack login' }
  if (!isThisMachine(new URL(address.url).hostname)) return { ...address, token: null, tokenSource: 'none' }
  const set = said('admin_token')
  if (set) return { ...address, token: set, tokenSource: 'admin_token of the settings' }
  const path = join(resolve(world.cwd, said('data_dir') ?? './data'), 'admin-token')
  const token = readIfThere(path)?.trim()
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

/**
 * What the server of this folder is told by its settings file and, over it, by the environment. What is wrong in the file
 * the server refuses at its start, with all the words.
 */
function localSettings({ env, cwd }: Pick<World, 'env' | 'cwd'>) {
  const { given } = fromFile(readIfThere(join(cwd, settingsFile)) ?? '', settingsFile)
  return (name: 'port' | 'data_dir' | 'admin_token'): string | undefined => {
    const written = given.find((one) => one.name === name)?.value
    const text = typeof written === 'string' || typeof written === 'number' ? String(written) : undefined
    return env[settings[name].env] || text
  }
}

function portFrom(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw wrongUse(`QAACK_PORT, or port in ${settingsFile}, must be a whole number up to 65535, not ${text}`)
}
