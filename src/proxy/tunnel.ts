import { request as send, ServerResponse, type IncomingMessage } from 'node:http'
import type { Socket } from 'node:net'
import type { Passage } from './forward.ts'
import { requestHeaders, responseHeaders } from './headers.ts'

/** Milliseconds a service may take to accept or refuse an upgrade. */
const answerTime = 60_000
const maxEarlyBytes = 64 * 1024

/**
 * Passes an upgrade on, e.g. to a websocket. When the service agrees, both connections become one pipe that we do not look
 * into; what either side sent early goes first. When it refuses, its answer is passed on and the connection ends.
 * `unanswered` is called instead if nothing came back, with a response to answer by.
 */
export function tunnel(
  request: IncomingMessage,
  client: Socket,
  early: Buffer,
  passage: Passage,
  unanswered: (response: ServerResponse, error: Error) => void,
): void {
  const headers = requestHeaders(request.rawHeaders, { ...passage, peer: request.socket.remoteAddress ?? '' })
  headers.push('Connection', 'Upgrade', 'Upgrade', request.headers.upgrade ?? '')
  const { target, path } = passage
  const onward = send({
    host: target.host,
    port: target.port,
    method: request.method,
    path,
    headers,
    agent: false,
  })
  onward.setTimeout(answerTime, () => onward.destroy(new AnswerTimeout()))

  let answered = false
  const leave = () => onward.destroy()
  const sent = new EarlyData(client, early, leave)
  client.once('close', leave)
  // An error is followed by `close`, which does the work.
  client.on('error', () => undefined)

  onward.on('upgrade', (answer, _, earlyAnswer) => {
    answered = true
    client.off('close', leave)
    if (client.destroyed) return answer.socket.destroy()
    client.write(headOf(answer, passage.stale), 'latin1')
    join(client, sent.take(), answer.socket, earlyAnswer)
  })
  onward.on('response', (answer) => {
    answered = true
    sent.take()
    client.resume()
    const response = responseOn(request, client)
    const facts = { stale: passage.stale, trailers: false }
    response.writeHead(
      answer.statusCode ?? 502,
      answer.statusMessage,
      responseHeaders(answer.rawHeaders, facts),
    )
    answer.pipe(response)
    answer.on('error', () => client.destroy())
  })
  onward.on('error', (error) => {
    if (!client.destroyed && !answered) unanswered(responseOn(request, client), error)
  })
  onward.end()
}

/**
 * What a client sends before the service has agreed. It is read, up to a limit, because a connection that nobody reads does
 * not show that its client has left; who leaves is told by `left`.
 */
class EarlyData {
  readonly #client: Socket
  readonly #left: () => void
  readonly #pieces: Buffer[]
  #size: number

  constructor(client: Socket, first: Buffer, left: () => void) {
    this.#client = client
    this.#left = left
    this.#pieces = [first]
    this.#size = first.length
    client.on('data', this.#keep).once('end', left)
  }

  take(): Buffer {
    this.#client.off('data', this.#keep).off('end', this.#left).pause()
    return Buffer.concat(this.#pieces)
  }

  readonly #keep = (piece: Buffer) => {
    this.#pieces.push(piece)
    this.#size += piece.length
    if (this.#size > maxEarlyBytes) this.#client.pause()
  }
}

class AnswerTimeout extends Error {
  readonly code = 'UND_ERR_HEADERS_TIMEOUT'
}

function headOf(answer: IncomingMessage, stale: string | null): string {
  const raw = responseHeaders(answer.rawHeaders, { stale, trailers: false })
  raw.push('Connection', 'Upgrade', 'Upgrade', answer.headers.upgrade ?? '')
  const lines = raw.flatMap((name, index) => (index % 2 === 0 ? [`${name}: ${raw[index + 1] ?? ''}`] : []))
  return [`HTTP/1.1 ${answer.statusCode} ${answer.statusMessage}`, ...lines, '', ''].join('\r\n')
}

function join(client: Socket, early: Buffer, service: Socket, earlyAnswer: Buffer): void {
  for (const [one, other] of [
    [client, service],
    [service, client],
  ] as const) {
    one.setTimeout(0)
    one.on('error', () => other.destroy())
    // Not at once: what was received before the end is still on its way to the other side.
    one.on('close', () => other.destroySoon())
  }
  if (earlyAnswer.length > 0) client.write(earlyAnswer)
  if (early.length > 0) service.write(early)
  client.pipe(service).pipe(client)
}

/** Node hands over the bare connection with an upgrade; this is the way back to an ordinary answer, the last one on it. */
function responseOn(request: IncomingMessage, client: Socket): ServerResponse {
  const response = new ServerResponse(request)
  response.shouldKeepAlive = false
  response.assignSocket(client)
  response.on('finish', () => client.end())
  // Node's own listener went with the upgrade; without it a long answer would stop at the first full buffer.
  client.on('drain', () => response.emit('drain'))
  return response
}
