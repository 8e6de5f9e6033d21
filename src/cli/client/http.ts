import { CliFailure } from '../terminal/failure.ts'
import { explainAnswer, explainFetchError, notQaack } from './explain.ts'
import { dispatcherFor, isLoopbackName } from './dispatcher.ts'
import type { Server } from './server.ts'

export interface Ask {
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE'
  body?: unknown
  /** Ends the request; what it was fired with is thrown. */
  signal?: AbortSignal
  headers?: Record<string, string>
  /** What to do about a 401 where not the token is what proves who asks. */
  unproved?: string
  /** The answer may take as long as it likes: a stream, or a command that runs. */
  patient?: boolean
}

/** Seconds an ordinary answer may take. */
const answerSeconds = 30

/** Talks to one Qaack server. Every error is a CliFailure that says what to do. */
export interface Http {
  readonly server: Server
  /** The answer as JSON; undefined where it has no body. */
  json(path: string, ask?: Ask): Promise<unknown>
  /** The answer as it comes. Fails for every status that is not 2xx. */
  open(path: string, ask?: Ask): Promise<Response>
}

export function createHttp(server: Server): Http {
  return {
    server,
    async json(path, ask = {}) {
      const response = await answer(server, path, ask)
      const text = await response
        .text()
        .catch((error: unknown) => Promise.reject(explainFetchError(error, server)))
      if (text === '') return undefined
      return parse(text, server)
    },
    open: (path, ask = {}) => answer(server, path, { ...ask, patient: true }),
  }
}

async function answer(server: Server, path: string, ask: Ask): Promise<Response> {
  const response = await send(server, path, ask)
  if (response.ok) return response
  throw explainAnswer(response.status, await response.text().catch(() => ''), server, ask.unproved)
}

async function send(server: Server, path: string, ask: Ask): Promise<Response> {
  const limit = ask.patient ? [] : [AbortSignal.timeout(answerSeconds * 1000)]
  const special = ask.patient || isLoopbackName(new URL(server.url).hostname)
  const init: RequestInit & { dispatcher?: unknown } = {
    method: ask.method ?? 'GET',
    headers: headersOf(server, ask),
    redirect: 'manual',
    signal: AbortSignal.any([...limit, ...(ask.signal ? [ask.signal] : [])]),
    ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    ...(special ? { dispatcher: await dispatcherFor() } : {}),
  }
  try {
    return await fetch(server.url + path, init)
  } catch (error) {
    if (ask.signal?.aborted) throw ask.signal.reason instanceof Error ? ask.signal.reason : error
    if (limit.some(({ aborted }) => aborted)) throw tooSlow(server, error)
    throw explainFetchError(error, server)
  }
}

function headersOf(server: Server, ask: Ask): Record<string, string> {
  return {
    accept: 'application/json',
    ...(server.token === null ? {} : { 'x-qaack-token': server.token }),
    ...(ask.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...ask.headers,
  }
}

function parse(text: string, server: Server): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    throw notQaack(server, error)
  }
}

function tooSlow(server: Server, cause: unknown): CliFailure {
  return new CliFailure(
    `${server.url} did not answer within ${answerSeconds} s; see the server's log, or try again`,
    { cause },
  )
}
