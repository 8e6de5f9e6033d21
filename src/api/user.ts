import { z } from 'zod'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { conflict, json, refusals, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { emptyBody, noQuery } from './fields.ts'

/** There are no users with passwords in this release: tokens are made by those who have one, the first is the admin's. */
export function userRoutes(app: App, parts: Parts): void {
  app.route({
    method: 'GET',
    url: '/api/user/info',
    schema: {
      tags: ['user'],
      summary: 'Who asks, and all tokens',
      operationId: 'getUser',
      querystring: noQuery,
      response: {
        200: json(
          'The user.',
          z.object({
            email: z.string().nullable().describe('Null: this release has tokens but no users.'),
            apiTokens: z.array(
              z.object({
                Name: z.string(),
                ExpiresOn: z.string().nullable().describe('RFC 3339; null = never.'),
                ReadOnly: z.boolean(),
              }),
            ),
          }),
        ),
        ...refusals,
      },
    },
    handler: async () => {
      const tokens = await parts.store.list('token')
      const apiTokens = tokens.map(({ name, expiresAt, readOnly }) => ({
        Name: name,
        ExpiresOn: expiresAt === null ? null : new Date(expiresAt).toISOString(),
        ReadOnly: readOnly,
      }))
      return { email: null, apiTokens }
    },
  })

  app.route({
    method: 'POST',
    url: '/api/user/logout',
    schema: {
      tags: ['user'],
      summary: 'Invalidate the token in use',
      operationId: 'logout',
      body: emptyBody,
      response: {
        200: json('The token is not valid any more.', z.object({})),
        ...writeRefusals,
        ...conflict,
      },
    },
    handler: async (request, reply) => {
      const id = request.caller?.tokenId ?? null
      if (id === null)
        throw new QaackError(
          'conflict',
          'the admin token is a setting of the server and stays valid; change it there',
        )
      const token = await parts.store.get('token', id)
      const event = {
        at: parts.clock.now(),
        kind: 'token' as const,
        repositoryId: null,
        environmentId: null,
        buildId: null,
        message: `token ${token?.name} logged out`,
      }
      if (token) await parts.store.commit([{ remove: 'token', id, version: token.version }, { event }])
      return reply.header('set-cookie', 'token=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict').send({})
    },
  })
}
