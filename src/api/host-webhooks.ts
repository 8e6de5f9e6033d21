import { z } from 'zod'
import type { Inbox } from '../deliveries/inbox.ts'
import type { HostDoor } from '../hosts/host.ts'
import { newId } from '../ids.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryType } from '../repositories/repository.ts'
import { fault, json, problem } from './answers.ts'
import type { App } from './app.ts'
import type { LargeBodies } from './large-bodies.ts'
import { bytesOf, mebibytes, rawBodies, tooMuchAtOnce } from './raw-bodies.ts'

/** A way in for the calls of every host that has a door; what they are, the host itself tells. */
export function hostWebhookRoutes(
  app: App,
  parts: Parts,
  inbox: Pick<Inbox, 'receive'>,
  bodies: LargeBodies,
): void {
  for (const [type, host] of Object.entries(parts.hosts))
    if (host.door) doorRoute(app, parts, { type: type as RepositoryType, door: host.door, inbox, bodies })
}

function doorRoute(
  app: App,
  { logger }: Parts,
  given: { type: RepositoryType; door: HostDoor; inbox: Pick<Inbox, 'receive'>; bodies: LargeBodies },
): void {
  const { type, door, inbox, bodies } = given
  const { limit } = door
  rawBodies(app, { types: '*', limit }, (scope) => {
    scope.route({
      method: 'POST',
      url: door.path,
      bodyLimit: limit,
      config: { open: true },
      schema: {
        tags: ['webhooks'],
        summary: `A webhook call of a host of type ${type}`,
        description:
          'What the git host calls. It proves by itself where it comes from, so no token is needed. A call is written down ' +
          'before it is answered, and worked on after that; the same one again does nothing more.',
        operationId: `receive${type.charAt(0).toUpperCase()}${type.slice(1)}Webhook`,
        security: [],
        response: {
          202: json('It is written down. `id` is that of the delivery.', z.object({ id: z.string() })),
          400: json('It is no call of this kind of host.', problem),
          401: json('Nothing proves where it comes from.', problem),
          413: json(`The body is larger than ${mebibytes(limit)}.`, problem),
          503: json('The database does not answer, or too much comes at once.', problem),
          507: json('The disk of the database is full.', problem),
          ...fault,
        },
      },
      // Before the body is read, which may be large.
      onRequest: async (request, reply) => {
        if (!bodies.admit(request.raw, reply.raw, limit))
          return reply.code(503).send({ error: tooMuchAtOnce })
      },
      handler: async (request, reply) => {
        const heard = door.hear({ headers: request.headers, body: bytesOf(request.body) })
        if ('refused' in heard) {
          // Not what came: it is a stranger's.
          logger.warn({ host: type }, `a webhook call was refused: ${heard.why}`)
          return reply.code(heard.refused).send({ error: heard.why })
        }
        // By its id the decision about it is found among the events.
        const deliveryId = heard.deliveryId ?? newId()
        await inbox.receive({ host: type, deliveryId, ...heard.delivery })
        return reply.code(202).send({ id: deliveryId })
      },
    })
  })
}
