import { z } from 'zod'
import type { Parts } from '../parts.ts'
import type { EventFilter } from '../stores/store.ts'
import { refusals } from './answers.ts'
import type { App } from './app.ts'
import { eventView, eventViewSchema } from './event-view.ts'
import { countText } from './fields.ts'
import { listen } from './follow.ts'
import { sendPieces } from './stream.ts'

/** Milliseconds after which a follower looks by itself: another process may have decided something. */
const lookTime = 2_000
/** Milliseconds of silence after which a sign of life is sent, so that nothing on the way gives the connection up. */
const heartbeatTime = 15_000
/** Events that are read at once. */
const batch = 200

export function eventRoutes(app: App, parts: Parts, closing: AbortSignal): void {
  app.route({
    method: 'GET',
    url: '/api/events',
    schema: {
      tags: ['events'],
      summary: 'Every decision with its reason',
      description:
        'Oldest first. Without since the newest ones, else the first ones after it. With Accept: text/event-stream they are ' +
        'followed by what comes, as server-sent events whose id is seq and whose data is the same JSON; Last-Event-ID counts as since.',
      operationId: 'listEvents',
      querystring: z.strictObject({
        since: countText.optional().describe('Only those with a greater seq.'),
        repository: z.string().optional().describe('Only those of this repository.'),
        environment: z.string().optional().describe('Only those of this environment.'),
        limit: countText.pipe(z.int().min(1).max(1000)).optional().describe('At most so many. Default: 100.'),
      }),
      response: {
        200: {
          description: 'The events.',
          content: {
            'application/json': { schema: z.array(eventViewSchema) },
            'text/event-stream': { schema: z.string() },
          },
        },
        ...refusals,
      },
    },
    handler: async (request, reply) => {
      const { since = lastEventId(request.headers), repository, environment, limit = 100 } = request.query
      const filter = {
        ...(repository === undefined ? {} : { repositoryId: repository }),
        ...(environment === undefined ? {} : { environmentId: environment }),
      }
      const first = { ...filter, limit, ...(since === undefined ? {} : { since }) }
      if (!/\btext\/event-stream\b/.test(request.headers.accept ?? '')) {
        const events = await parts.store.events(first)
        return reply.send(events.map(eventView))
      }
      const options = { type: 'text/event-stream; charset=utf-8', closing }
      return sendPieces(parts, request, reply, options, (signal) => eventStream(parts, first, filter, signal))
    },
  })
}

/** `first` says where to begin; what comes after is everything that matches `filter`. */
export async function* eventStream(
  parts: Parts,
  first: EventFilter,
  filter: EventFilter,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const news = listen(parts, ({ kind }) => kind === 'event', signal)
  let since = first.since ?? 0
  let events = await parts.store.events(first)
  let sentAt = parts.clock.now()
  try {
    yield 'retry: 2000\n\n'
    while (!signal.aborted) {
      for (const event of events) {
        since = event.seq
        yield `id: ${event.seq}\ndata: ${JSON.stringify(eventView(event))}\n\n`
        sentAt = parts.clock.now()
      }
      if (events.length === 0) await news.next(lookTime)
      events = await parts.store.events({ ...filter, since, limit: batch })
      if (events.length === 0 && parts.clock.now() - sentAt >= heartbeatTime) {
        yield ': still here\n\n'
        sentAt = parts.clock.now()
      }
    }
  } finally {
    news.stop()
  }
}

/** What a client that lost its connection saw last. */
function lastEventId(headers: Record<string, unknown>): number | undefined {
  const id = headers['last-event-id']
  return typeof id === 'string' && /^\d{1,15}$/.test(id) ? Number(id) : undefined
}
