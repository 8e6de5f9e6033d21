import type { IncomingMessage, ServerResponse } from 'node:http'
import { PassThrough, type Readable } from 'node:stream'
import { Agent } from 'undici'
import type { BaseUrl } from '../config/config.ts'
import { Exchange } from './exchange.ts'
import { requestHeaders } from './headers.ts'

/** Where a request goes and what is said about it. */
export interface Passage {
  target: { host: string; port: number }
  path: string
  /** The host that was asked for. */
  host: string
  /** The commit that answers, if it is an older one. */
  stale: string | null
  base: BaseUrl
}

/** Milliseconds to get a connection; the network is this machine's. */
const connectTime = 5_000
/** Milliseconds a service may think before it answers: pages that make a report take their time. */
const answerTime = 10 * 60_000
const maxHeaderBytes = 64 * 1024

/** May be sent twice without harm (RFC 9110, 9.2.1). */
const safeMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'TRACE'])

/** Passes requests on to services and keeps connections to them; those of a service that is gone end by themselves. */
export class Forwarder {
  // One request per connection at a time: a slow answer must not hold up another one behind it.
  readonly #agent = new Agent({
    pipelining: 1,
    connect: { timeout: connectTime },
    headersTimeout: answerTime,
    bodyTimeout: 0,
    maxHeaderSize: maxHeaderBytes,
  })

  /**
   * Sends the request and streams the answer back. `unanswered` is called instead, once, if nothing came back; the
   * response is then untouched. A connection that the service closed just when we took it is tried once more, on another
   * one, for requests without a body that may be sent twice.
   */
  forward(
    request: IncomingMessage,
    response: ServerResponse,
    passage: Passage,
    unanswered: (error: Error) => void,
  ): void {
    const headers = requestHeaders(request.rawHeaders, {
      ...passage,
      peer: request.socket.remoteAddress ?? '',
    })
    const method = request.method ?? 'GET'
    const body = bodyOf(request)
    const options = { origin: originOf(passage.target), path: passage.path, method, headers, body }
    const send = (retry: (() => void) | null) => {
      this.#agent.dispatch(
        options,
        new Exchange(request, response, { stale: passage.stale, retry, unanswered }),
      )
    }
    send(body === null && safeMethods.has(method) ? () => send(null) : null)
  }

  /** Ends all connections; safe twice. */
  async close(): Promise<void> {
    await this.#agent.destroy()
  }
}

/**
 * The body behind a stream of its own: undici destroys the one it was given when it fails, which would end the client's
 * connection before the client is told why.
 */
function bodyOf(request: IncomingMessage): Readable | null {
  const length = request.headers['content-length']
  const chunked = request.headers['transfer-encoding'] !== undefined
  if (!chunked && (length === undefined || length === '0')) return null
  return request.pipe(new PassThrough())
}

function originOf({ host, port }: Passage['target']): string {
  return host.includes(':') ? `http://[${host}]:${port}` : `http://${host}:${port}`
}
