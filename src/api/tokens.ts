import { randomBytes } from 'node:crypto'
import { z } from 'zod'
import { QaackError } from '../errors.ts'
import type { EventRecord } from '../events/event.ts'
import { newId } from '../ids.ts'
import type { Parts } from '../parts.ts'
import { Conflict, type TokenRecord } from '../stores/store.ts'
import { conflict, json, missing, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { hashToken } from './caller.ts'
import { name } from './fields.ts'

export function tokenRoutes(app: App, parts: Parts): void {
  app.route({
    method: 'POST',
    url: '/api/user/tokens',
    schema: {
      tags: ['user'],
      summary: 'Make a token',
      description: 'The token is told in this answer only; a hash of it is kept.',
      operationId: 'addToken',
      body: z.strictObject({
        name,
        expirationTime: z.iso
          .datetime({ offset: true, error: 'must be a time such as 2030-01-02T15:04:05Z' })
          .nullish()
          .describe('RFC 3339, in the future. Default: never.'),
        readOnly: z.boolean().optional().describe('May only read. Default: false.'),
      }),
      response: {
        201: json(
          'The new token.',
          z.object({
            token: z.string(),
            name: z.string(),
            expirationTime: z.string().nullable(),
            readOnly: z.boolean(),
          }),
        ),
        ...writeRefusals,
        ...conflict,
      },
    },
    handler: async (request, reply) => {
      const { name, expirationTime, readOnly = false } = request.body
      const token = `qaack_${randomBytes(32).toString('base64url')}`
      const now = parts.clock.now()
      const expiresAt = typeof expirationTime !== 'string' ? null : futureTime(expirationTime, now)
      const record: TokenRecord = {
        id: newId(),
        version: 1,
        name,
        hash: hashToken(token),
        readOnly,
        createdAt: now,
        expiresAt,
      }
      await insertToken(parts, record)
      return reply.code(201).send({
        token,
        name,
        expirationTime: expiresAt === null ? null : new Date(expiresAt).toISOString(),
        readOnly,
      })
    },
  })

  app.route({
    method: 'DELETE',
    url: '/api/user/tokens',
    schema: {
      tags: ['user'],
      summary: 'Delete a token',
      description: 'It stops being valid at once. The name may stand in the body or in the query.',
      operationId: 'deleteToken',
      querystring: z.strictObject({ name: name.optional() }),
      body: z.strictObject({ name: name.optional() }).nullish(),
      response: {
        200: json('It is gone.', z.object({ name: z.string() })),
        ...writeRefusals,
        ...missing,
        ...conflict,
      },
    },
    handler: async (request) => {
      const name = request.body?.name ?? request.query.name
      if (name === undefined) throw new QaackError('invalid', 'name is missing', { path: 'name' })
      const [token] = await parts.store.list('token', { name })
      if (!token) throw new QaackError('not_found', `there is no token ${name}`)
      await parts.store.commit([
        { remove: 'token', id: token.id, version: token.version },
        { event: eventOf(parts, `token ${name} deleted`) },
      ])
      return { name }
    },
  })
}

async function insertToken(parts: Parts, record: TokenRecord): Promise<void> {
  const { name, readOnly } = record
  try {
    await parts.store.commit([
      { insert: 'token', record },
      { event: eventOf(parts, `token ${name} made${readOnly ? ', for reading only' : ''}`) },
    ])
  } catch (cause) {
    if (cause instanceof Conflict)
      throw new QaackError('conflict', `there is a token ${name} already; choose another name`, {
        path: 'name',
        cause,
      })
    throw cause
  }
}

function futureTime(text: string, now: number): number {
  const time = Date.parse(text)
  if (!(time > now))
    throw new QaackError('invalid', 'expirationTime must be in the future', { path: 'expirationTime' })
  return time
}

function eventOf(parts: Parts, message: string): Omit<EventRecord, 'seq'> {
  return {
    at: parts.clock.now(),
    kind: 'token',
    repositoryId: null,
    environmentId: null,
    buildId: null,
    message,
  }
}
