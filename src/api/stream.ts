import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Clock } from '../clock.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'

/** Milliseconds that a reader may leave a full connection untouched before it is cut. */
const patience = 60_000

type Pieces = (signal: AbortSignal) => AsyncIterable<string | Buffer>

/**
 * Answers with pieces as they come. The next one is asked for only when the connection has taken the last, so a slow
 * reader costs one piece of memory; the signal given to `pieces` fires when the reader leaves or the service ends.
 */
export async function sendPieces(
  parts: Parts,
  request: FastifyRequest,
  reply: FastifyReply,
  options: { type: string; closing: AbortSignal; headers?: Record<string, string> },
  pieces: Pieces,
): Promise<FastifyReply> {
  const { raw } = reply.hijack()
  const left = new AbortController()
  raw.once('close', () => left.abort())
  const signal = AbortSignal.any([options.closing, left.signal])
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    ...options.headers,
    'content-type': options.type,
    'x-accel-buffering': 'no',
  })
  if (request.method === 'HEAD') return ended(reply)
  raw.flushHeaders()
  try {
    for await (const piece of pieces(signal)) {
      if (left.signal.aborted) break
      if (piece.length > 0 && !raw.write(piece)) await drained(raw, parts.clock, left.signal)
    }
    return ended(reply)
  } catch (error) {
    // The status is out: to cut the connection is the only way left to say that this is not all.
    if (!left.signal.aborted) parts.logger.warn({ err: error, path: request.url }, 'an answer was cut short')
    cut(raw)
    return reply
  }
}

/** What was written before still goes out, if the reader takes it. */
function cut(raw: ServerResponse): void {
  if (raw.writableNeedDrain || !raw.socket) raw.destroy()
  else raw.socket.end(() => raw.destroy())
}

function ended(reply: FastifyReply): FastifyReply {
  reply.raw.end()
  return reply
}

async function drained(raw: ServerResponse, clock: Clock, left: AbortSignal): Promise<void> {
  const limit = clock.deadline(
    patience,
    new QaackError('conflict', `the reader took nothing for ${patience / 1000} s`),
    left,
  )
  try {
    await once(raw, 'drain', { signal: limit.signal })
  } catch (error) {
    throw limit.signal.aborted ? limit.signal.reason : error
  } finally {
    limit.clear()
  }
}
