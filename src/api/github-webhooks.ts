import { ServerResponse, type IncomingMessage } from 'node:http'
import { z } from 'zod'
import { fault, json, problem } from './answers.ts'
import type { App } from './app.ts'
import { answerOf, headersMissing, notAnObject, notConnected } from './github-answer.ts'
import type { LargeBodies } from './large-bodies.ts'
import { bytesOf, rawBodies, tooMuchAtOnce } from './raw-bodies.ts'

/** What checks the signature of a delivery and keeps it: Probot's own middleware. */
export interface GithubMiddleware {
  middleware(request: IncomingMessage, response: ServerResponse): Promise<void>
}

/** Bytes; GitHub sends no larger payload. */
const payloadLimit = 25 * 1024 * 1024
const openBrace = 0x7b

/** `connection` gives null while no app is connected. */
export function githubWebhookRoutes(
  app: App,
  connection: () => GithubMiddleware | null,
  bodies: LargeBodies,
): void {
  rawBodies(app, { types: 'application/json', limit: payloadLimit }, (scope) => {
    scope.route({
      method: 'POST',
      url: '/api/github/webhooks',
      bodyLimit: payloadLimit,
      config: { open: true },
      schema: {
        tags: ['webhooks'],
        summary: 'A delivery of the GitHub App',
        description:
          'What GitHub calls. The signature with the secret of the app is checked, so no token is needed. A delivery is ' +
          'written down before it is answered, and worked on after that; the same one again does nothing more.',
        operationId: 'receiveGithubWebhook',
        security: [],
        response: {
          202: json('It is written down. `id` is that of the delivery.', z.object({ id: z.string() })),
          400: json('It is not signed with the secret of the app, or is no delivery.', problem),
          413: json('The body is larger than 25 MiB.', problem),
          415: json('The body is not application/json.', problem),
          503: json('No app is connected, the database does not answer, or too much comes at once.', problem),
          507: json('The disk of the database is full.', problem),
          ...fault,
        },
      },
      // Before the body is read, which may be large.
      onRequest: async (request, reply) => {
        if (!connection()) return reply.code(503).send({ error: notConnected })
        const missing = headersMissing(request.headers)
        if (missing !== undefined) return reply.code(400).send({ error: missing })
        if (!bodies.admit(request.raw, reply.raw, payloadLimit))
          return reply.code(503).send({ error: tooMuchAtOnce })
      },
      handler: async (request, reply) => {
        const bytes = bytesOf(request.body)
        if (bytes[0] !== openBrace) return reply.code(400).send({ error: notAnObject })
        const heard = new Heard(request.raw)
        const door = connection()
        // It may have gone while the body came.
        if (!door) return reply.code(503).send({ error: notConnected })
        await door.middleware(Object.assign(request.raw, { body: {}, rawBody: bytes }), heard)
        const id = String(request.headers['x-github-delivery'])
        const answer = answerOf(heard.statusCode, heard.text, id)
        if (!answer) throw new Error(`Probot answered ${heard.statusCode}: ${heard.text}`)
        return reply.code(answer.status).send(answer.body)
      },
    })
  })
}

/** An answer that is not sent but read. */
class Heard extends ServerResponse {
  text = ''

  override writeHead(status: number): this {
    this.statusCode = status
    return this
  }

  override end(body?: unknown): this {
    if (typeof body === 'string') this.text = body
    return this
  }
}
