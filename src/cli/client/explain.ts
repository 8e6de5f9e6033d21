import { messageOf } from '../../errors.ts'
import { CliFailure } from '../terminal/failure.ts'
import { plainText } from '../terminal/text.ts'
import type { Server } from './server.ts'

/** The server cannot be reached, or no longer, or what it needs is away; it may be there again soon. */
export class Unreachable extends CliFailure {}

/** The server is there, what was asked for is not. */
export class NotFound extends CliFailure {}

/** An answer that is not 2xx, in the server's own words where it has some, and what to do about it. */
export function explainAnswer(
  status: number,
  body: string,
  server: Server,
  unproved: string = wrongToken(server),
): CliFailure {
  const { error, path } = errorOf(body)
  if (status >= 300 && status < 400)
    return new CliFailure(`${server.url} leads elsewhere (${status}); give the address it leads to`)
  // A database that is away, or what stands in front of a server that starts again.
  if (status >= 502 && status <= 504)
    return new Unreachable(
      error === undefined ? notQaack(server, new Error(`status ${status}`)).message : plainText(error),
    )
  if (error === undefined) return notQaack(server, new Error(`status ${status}`))
  if (status === 400 && server.token === null && error.startsWith('no token'))
    return new CliFailure(howToGetToken(server))
  const where = path && !names(error, path) ? `${path}: ` : ''
  const message = `${where}${plainText(error)}${remedyOf(status, unproved)}`
  return status === 404 ? new NotFound(message) : new CliFailure(message)
}

/** An answer that came from something else. */
export function notQaack(server: Server, cause: unknown): CliFailure {
  const message = `what answers at ${server.url} does not speak like a Qaack server (${messageOf(cause).split('\n', 1)[0]}); check the address (${server.source})`
  return new CliFailure(message, { cause })
}

/** A request that got no answer. */
export function explainFetchError(error: unknown, server: Server): CliFailure {
  const code = codeOf(error)
  const sentence = sentences[code]?.(server.url)
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') return new CliFailure(noTls(server.url), { cause: error })
  const sign = /CERT|SSL|TLS|SELF_SIGNED|UNABLE_TO/.test(code) ? certificate(server.url, code) : undefined
  if (sign !== undefined) return new CliFailure(sign, { cause: error })
  if (messageOf(deepest(error)) === 'bad port')
    return new CliFailure(blockedPort(server.url), { cause: error })
  return new Unreachable(sentence ?? lost(server.url, deepest(error)), { cause: error })
}

const nobody = (url: string) =>
  `no Qaack server answers at ${url}; start it with qaack serve or set QAACK_URL`

const sentences: Record<string, (url: string) => string> = {
  ECONNREFUSED: nobody,
  EHOSTUNREACH: nobody,
  ENETUNREACH: nobody,
  UND_ERR_CONNECT_TIMEOUT: nobody,
  ETIMEDOUT: nobody,
  ENOTFOUND: (url) => `the host of ${url} is not known; check the address or set QAACK_URL`,
  EAI_AGAIN: (url) => `the host of ${url} cannot be looked up just now; check the network or set QAACK_URL`,
}

const noTls = (url: string) => `${url} does not speak TLS; try the address with http://`

function certificate(url: string, code: string): string {
  return `the certificate of ${url} is not trusted (${code}); name its authority in NODE_EXTRA_CA_CERTS`
}

/** The Fetch standard has a list of ports that no client may ask. */
function blockedPort(url: string): string {
  return `the port of ${url} is one that web clients refuse; let the server listen on another`
}

function lost(url: string, error: unknown): string {
  return `the connection to ${url} broke (${messageOf(error)}); see the server's log, then try again`
}

/** Whether it says by itself which field is wrong. */
function names(error: string, path: string): boolean {
  return error.includes(path) || error.startsWith(`${path.slice(path.lastIndexOf('.') + 1)}: `)
}

function remedyOf(status: number, unproved: string): string {
  return status === 401 ? `; ${unproved}` : ''
}

function wrongToken({ tokenSource, url }: Server): string {
  return `the token (${tokenSource}) does not work there, make a new one with qaack token create, then qaack login ${url}`
}

export function howToGetToken(server: Server): string {
  return `there is no token for ${server.url}: run qaack login ${server.url}, or set QAACK_TOKEN`
}

function errorOf(body: string): { error?: string; path?: string } {
  try {
    const { error, path } = JSON.parse(body) as { error?: unknown; path?: unknown }
    return { ...(typeof error === 'string' ? { error } : {}), ...(typeof path === 'string' ? { path } : {}) }
  } catch {
    return {}
  }
}

/** `fetch` hides what happened in the cause of its error, and several tries in the errors of that. */
function codeOf(error: unknown): string {
  const { code } = deepest(error) as { code?: unknown }
  return typeof code === 'string' ? code : ''
}

function deepest(error: unknown): object {
  if (error instanceof AggregateError && error.errors[0] instanceof Error) return deepest(error.errors[0])
  if (error instanceof Error && error.cause instanceof Error) return deepest(error.cause)
  return error instanceof Error ? error : new Error(String(error))
}
