import { z } from 'zod'
import { collect } from '../actions/collect.ts'
import { followUnlocked } from '../changes/follow-unlocked.ts'
import { lockService, unlockService } from '../environments/lock.ts'
import { containerRunning, containerThere, serviceOf } from '../environments/services.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { followMasker } from '../variables/follow-masker.ts'
import { masked } from '../variables/stream.ts'
import { conflict, engineRefusals, json, missing, refusals, text, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { environmentOf } from './environments.ts'
import { countText, emptyBody, flagText } from './fields.ts'
import { sendPieces } from './stream.ts'

const serviceParams = z.strictObject({ id: z.string(), name: z.string() })

export function serviceRoutes(app: App, parts: Parts, closing: AbortSignal): void {
  app.route({
    method: 'GET',
    url: '/api/environment/:id/service/:name/log',
    schema: {
      tags: ['services'],
      summary: 'Output of a service',
      operationId: 'getServiceLog',
      params: serviceParams,
      querystring: z.strictObject({
        follow: flagText.optional().describe('Go on until the service ends. Default: false.'),
        tail: countText.optional().describe('Only so many lines from the end. Default: all that is kept.'),
      }),
      response: {
        200: text('What its main process wrote, without secrets.'),
        ...refusals,
        ...missing,
        ...conflict,
        ...engineRefusals,
      },
    },
    handler: async (request, reply) => {
      const { follow = false, tail } = request.query
      const environment = await environmentOf(parts, request.params.id)
      const container = await containerThere(parts, serviceOf(environment, request.params.name))
      const { masker, fresh, stop } = await followMasker(parts, environment.repositoryId)
      const logsOf = (signal: AbortSignal) =>
        masked(masker, container.logs({ follow, signal, ...(tail === undefined ? {} : { tail }) }), fresh)
      const options = { type: 'text/plain; charset=utf-8', closing }
      return sendPieces(parts, request, reply, options, logsOf).finally(stop)
    },
  })

  app.route({
    method: 'POST',
    url: '/api/environment/:id/service/:name/exec',
    schema: {
      tags: ['services'],
      summary: 'Run a command in a service',
      description:
        'With /bin/sh. It is stopped when the caller goes away. Secrets are masked in its output. Output beyond 1 MiB is left out, and said so at its end.',
      operationId: 'execInService',
      params: serviceParams,
      body: z.strictObject({
        command: z
          .string()
          .min(1)
          .max(100_000)
          .refine((command) => !command.includes('\0'), { error: 'must not have a NUL character' }),
      }),
      response: {
        200: json('How it ended.', z.object({ exitCode: z.int(), output: z.string() })),
        ...writeRefusals,
        ...missing,
        ...conflict,
        ...engineRefusals,
      },
    },
    handler: async (request, reply) => {
      const environment = await environmentOf(parts, request.params.id)
      const container = await containerRunning(parts, serviceOf(environment, request.params.name))
      const { masker, stop } = await followMasker(parts, environment.repositoryId)
      const mask = masker.bytes()
      const left = new AbortController()
      reply.raw.once('close', () => left.abort(new QaackError('conflict', 'the caller went away')))
      const output = collect()
      const command = ['/bin/sh', '-c', request.body.command]
      const run = container.exec({
        command,
        onOutput: (chunk) => output.add(mask.push(chunk)),
        signal: AbortSignal.any([closing, left.signal]),
      })
      const { exitCode } = await run.finally(stop)
      output.add(mask.flush())
      return { exitCode, output: output.text() }
    },
  })

  lockRoute(app, parts, 'lock')
  lockRoute(app, parts, 'unlock')
}

function lockRoute(app: App, parts: Parts, verb: 'lock' | 'unlock'): void {
  const locked = verb === 'lock'
  const lock = locked ? lockService : unlockService
  app.route({
    method: 'POST',
    url: `/api/environment/:id/service/:name/${verb}`,
    schema: {
      tags: ['services'],
      summary: locked ? 'Keep a service as it is' : 'Let go of a service that was kept as it is',
      description: locked
        ? 'While a service is locked, its environment is not deleted, and a rebuild makes only the other services anew. Its time to live ends for good.'
        : 'The next rebuild makes it anew, and its environment may be deleted if no other service is locked. It does not get back its time to live.',
      operationId: `${verb}Service`,
      params: serviceParams,
      body: emptyBody,
      response: {
        200: json('As it is now.', z.object({ id: z.string(), name: z.string(), locked: z.boolean() })),
        ...writeRefusals,
        ...missing,
        ...conflict,
      },
    },
    handler: async (request) => {
      const environment = await lock(parts, request.params.id, request.params.name)
      const { id, name } = serviceOf(environment, request.params.name)
      if (!locked) parts.background.run(`what waited for ${name}`, () => followUnlocked(parts, environment))
      return { id, name, locked }
    },
  })
}
