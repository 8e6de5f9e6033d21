import { z } from 'zod'
import { lookFirst } from '../changes/first-look.ts'
import type { Parts } from '../parts.ts'
import { changeToken } from '../repositories/token.ts'
import { begun, conflict, json, missing, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { idParams } from './fields.ts'

export function repositoryTokenRoutes(app: App, parts: Parts): void {
  app.route({
    method: 'POST',
    url: '/api/repository/:id/token',
    schema: {
      tags: ['repositories'],
      summary: 'Give a repository another access token',
      description:
        'For one that expired, or that lacks a right, of a repository of type github or gitlab. Environments, settings and ' +
        'variables stay. One that is read as the GitHub App of this server has no use for it: 409 while the app is connected. Its refs, changes and webhook are looked at with it at once, beside the answer.',
      operationId: 'changeRepositoryToken',
      params: idParams,
      body: z.strictObject({
        token: z
          .string()
          .max(4096)
          .regex(/^[\x21-\x7e]+$/, 'must be one word, as the git host shows it')
          .describe('Kept sealed, and never shown.'),
      }),
      response: { 202: json('It is used from now on.', begun), ...writeRefusals, ...missing, ...conflict },
    },
    handler: async (request, reply) => {
      const repository = await changeToken(parts, request.params.id, request.body.token)
      lookFirst(parts, repository, 'it has another token')
      return reply.code(202).send({ id: repository.id })
    },
  })
}
