import { z } from 'zod'
import { cloneEnvironment } from '../environments/clone.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import {
  buildEnvironment,
  cancelEnvironment,
  createEnvironment,
  deleteEnvironment,
} from '../environments/lifecycle.ts'
import { readRefFirst } from '../environments/newest.ts'
import { resetEnvironment } from '../environments/reset.ts'
import { sizeOf } from '../environments/size.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { queuePositions } from '../queue/select.ts'
import { begun, conflict, json, missing, refusals, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { emptyBody, flag, flagText, idParams, minutes, minutesText, noQuery } from './fields.ts'
import { environmentView, environmentViewSchema } from './environment-view.ts'

/** Milliseconds that an answer waits for the engine to measure. */
const sizePatience = 2_000

/** What one may rely on who pushed a moment before. */
const readFirst =
  'Of a branch or tag the newest commit is taken: the refs of the repository are read before. If that fails, or takes longer than 5 s, the one known is, and the log of the build says why.'

const begunAs = begun.extend({ status: z.string() })

export function environmentRoutes(app: App, parts: Parts): void {
  const shared = { tags: ['environments'], params: idParams }

  app.route({
    method: 'GET',
    url: '/api/environment/:id',
    schema: {
      ...shared,
      summary: 'An environment',
      operationId: 'getEnvironment',
      querystring: noQuery,
      response: { 200: json('The environment.', environmentViewSchema), ...refusals, ...missing },
    },
    handler: async (request) => {
      const environment = await environmentOf(parts, request.params.id)
      const [queuePosition, size] = await Promise.all([
        positionOf(parts, environment),
        sizeOf(parts, environment, sizePatience),
      ])
      return environmentView(environment, parts.config.baseUrl, { queuePosition, size })
    },
  })

  app.route({
    method: 'PUT',
    url: '/api/environment/:id',
    schema: {
      ...shared,
      summary: 'Create an empty environment',
      description: `Both fields may stand in the query or in the body; the body wins. ${readFirst}`,
      operationId: 'createEnvironment',
      querystring: z.strictObject({ build: flagText.optional(), ttl: minutesText.optional() }),
      body: z
        .strictObject({
          build: flag.optional().describe('Whether it is built, not only created. Default: true.'),
          ttl: minutes
            .optional()
            .describe('Minutes it lives; 0 = until it is deleted. Default: of the repository.'),
        })
        .nullish(),
      response: { 202: json('It is being created.', begunAs), ...writeRefusals, ...missing, ...conflict },
    },
    handler: async (request, reply) => {
      const wish = { ...request.query, ...request.body }
      const unread = await readRefFirst(parts, request.params.id)
      const { id, state } = await createEnvironment(parts, request.params.id, { ...wish, unread })
      return reply.code(202).send({ id, status: state })
    },
  })

  app.route({
    method: 'DELETE',
    url: '/api/environment/:id',
    schema: {
      ...shared,
      summary: 'Delete an environment',
      description: 'It stays known as empty; where the ref has other environments, it goes altogether.',
      operationId: 'deleteEnvironment',
      body: emptyBody,
      response: {
        202: json('Deleted; what runs is being taken away.', begun),
        ...writeRefusals,
        ...missing,
        ...conflict,
      },
    },
    handler: async (request, reply) => {
      await deleteEnvironment(parts, request.params.id, 'deleted on request')
      return reply.code(202).send({ id: request.params.id })
    },
  })

  app.route({
    method: 'POST',
    url: '/api/environment/:id/build',
    schema: {
      ...shared,
      summary: 'Build an environment at the commit its ref points to',
      description: `Creates an empty one, and makes everything anew in one that was built, but for locked services. What answers goes on until the new services are ready. ${readFirst}`,
      operationId: 'buildEnvironment',
      body: z
        .strictObject({
          clean: flag
            .optional()
            .describe('Start from the images of the Qaackfile, whatever was saved. Default: false.'),
        })
        .nullish(),
      response: {
        202: json('The build waits or is on its way.', begunAs),
        ...writeRefusals,
        ...missing,
        ...conflict,
      },
    },
    handler: async (request, reply) => {
      const { id, state } = await buildEnvironment(parts, request.params.id, {
        clean: request.body?.clean ?? false,
        unread: await readRefFirst(parts, request.params.id),
      })
      return reply.code(202).send({ id, status: state })
    },
  })

  app.route({
    method: 'POST',
    url: '/api/environment/:id/reset',
    schema: {
      ...shared,
      summary: 'Reset an environment to what it was right after its build',
      description: 'From images that were saved then, where the setting reset of the repository is on.',
      operationId: 'resetEnvironment',
      body: emptyBody,
      response: { 202: json('It is on its way.', begunAs), ...writeRefusals, ...missing, ...conflict },
    },
    handler: async (request, reply) => {
      const { id, state } = await resetEnvironment(parts, request.params.id)
      return reply.code(202).send({ id, status: state })
    },
  })

  app.route({
    method: 'POST',
    url: '/api/environment/:id/cancel',
    schema: {
      ...shared,
      summary: 'Cancel the build that waits or runs',
      description: 'The services stay as they are; those that were made beside what answers go.',
      operationId: 'cancelEnvironment',
      body: emptyBody,
      response: {
        202: json('The build was cancelled and is being stopped.', begunAs),
        ...writeRefusals,
        ...missing,
        ...conflict,
      },
    },
    handler: async (request, reply) => {
      const { id, state } = await cancelEnvironment(parts, request.params.id)
      return reply.code(202).send({ id, status: state })
    },
  })

  app.route({
    method: 'POST',
    url: '/api/environment/:id/clone',
    schema: {
      ...shared,
      summary: 'One more environment of the same ref',
      description: `Built from scratch; it shares nothing with the first. ${readFirst}`,
      operationId: 'cloneEnvironment',
      body: emptyBody,
      response: { 201: json('The new environment.', begun), ...writeRefusals, ...missing, ...conflict },
    },
    handler: async (request, reply) => {
      const unread = await readRefFirst(parts, request.params.id)
      const { id } = await cloneEnvironment(parts, request.params.id, { unread })
      return reply.code(201).send({ id })
    },
  })
}

export async function environmentOf(parts: Parts, id: string): Promise<EnvironmentRecord> {
  const environment = await parts.store.get('environment', id)
  if (!environment) throw new QaackError('not_found', `there is no environment ${id}`)
  return environment
}

/** Its place in the build queue, asked for only where it can have one. */
async function positionOf(parts: Parts, environment: EnvironmentRecord): Promise<number | undefined> {
  if (environment.state !== 'queued' && environment.state !== 'softrebuilding') return undefined
  const builds = await parts.store.list('build', { status: ['waiting', 'running'] })
  return queuePositions(builds).get(environment.id)
}
