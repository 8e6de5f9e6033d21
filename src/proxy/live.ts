import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Logger } from '../logger.ts'
import { follow, type FollowParts, type Wanted } from './follow.ts'

/** Path on every preview's host that is ours, always: open state pages listen to it. */
export const livePath = '/.qaack/live'

/** Milliseconds between two signs of life. */
const heartbeatTime = 20_000
const maxStreams = 1_000

/**
 * News for open state pages as server-sent events: `lines` of the running build, `changed` when the page shows something
 * else by now, `reload` when the preview answers. After the last two the stream ends.
 */
export class Live {
  readonly #parts: FollowParts & { logger: Logger }
  readonly #streams = new Set<ServerResponse>()
  readonly #closed = new AbortController()

  constructor(parts: FollowParts & { logger: Logger }) {
    this.#parts = parts
    const failed = (error: unknown) =>
      parts.logger.warn({ err: error }, 'open state pages could not be kept alive')
    parts.clock.every(heartbeatTime, () => this.#beat(), this.#closed.signal, failed)
  }

  open(request: IncomingMessage, response: ServerResponse, wanted: Wanted): void {
    if (this.#streams.size >= maxStreams || this.#closed.signal.aborted) {
      response.writeHead(503, { 'Retry-After': '10', 'Cache-Control': 'no-store' }).end()
      return
    }
    response.writeHead(200, {
      'Content-Type': 'text/event-stream; charset=utf-8',
      'Cache-Control': 'no-store',
      'X-Robots-Tag': 'noindex, nofollow',
      'X-Accel-Buffering': 'no',
    })
    response.write('retry: 3000\n\n')
    this.#streams.add(response)
    response.once('close', () => this.#streams.delete(response))
    follow(this.#parts, request, response, wanted)
      .catch((error: unknown) =>
        this.#parts.logger.warn({ err: error, environment: wanted.id }, 'a state page got no news'),
      )
      .finally(() => response.end())
  }

  /** Ends all streams; browsers come back by themselves. Safe twice. */
  close(): void {
    this.#closed.abort()
    for (const response of this.#streams) response.end()
  }

  #beat(): void {
    for (const response of this.#streams) response.write(': still here\n\n')
  }
}
