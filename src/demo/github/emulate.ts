import { createEmulator } from 'emulate'
import { freePort } from '../../setup/server-process.ts'
import { parseJson } from './json.ts'
import type { Seed } from './seed.ts'

/** What was answered; `body` is parsed JSON, undefined if there was none. */
export interface Answer {
  status: number
  headers: Record<string, string>
  body: unknown
}

/** The GitHub behind ours: it keeps repositories, changes, comments, labels, checks and people. */
export interface Emulate {
  /** A request with an Authorization header as it came. `path` has the query with it. */
  forward(method: string, path: string, authorization: string, body?: unknown): Promise<Answer>
  /** A request of our own, in the name of somebody; its tokens are never given out. */
  as(login: string, method: string, path: string, body?: unknown): Promise<Answer>
  close(): Promise<void>
}

/**
 * Starts it on a port of its own. It allows each token 5,000 requests an hour, and a push takes one for each new file,
 * so that our own requests take turns with many tokens.
 */
export async function startEmulate(seed: Seed, baseUrl: string): Promise<Emulate> {
  const port = await freePort()
  const emulator = await createEmulator({
    service: 'github',
    port,
    // what it writes into its answers is our address, not its own
    baseUrl,
    seed: { tokens: seed.tokens, github: seed.config },
  })
  const origin = `http://127.0.0.1:${port}`
  let turn = 0
  const forward = async (method: string, path: string, authorization: string, body?: unknown) => {
    const response = await fetch(`${origin}${path}`, {
      method,
      redirect: 'manual',
      headers: {
        // it closes a connection that was quiet for seconds, at times at the very moment at which it is used again
        connection: 'close',
        ...(authorization && { authorization }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, headers: Object.fromEntries(response.headers), body: parseJson(text) }
  }
  return {
    forward,
    as(login, method, path, body) {
      turn += 1
      return forward(method, path, `token ${seed.ownToken(login, turn)}`, body)
    },
    close: () => emulator.close(),
  }
}
