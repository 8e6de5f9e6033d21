import { z } from 'zod'
import type { Container } from '../engines/engine.ts'
import type { EnvironmentRecord, ServiceRecord } from '../environments/environment.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { conflict, engineRefusals, json, missing, refusals, text, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { collect } from './collect.ts'
import { environmentOf } from './environments.ts'
import { countText, flagText } from './fields.ts'
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
        200: text('What its main process wrote.'),
        ...refusals,
        ...missing,
        ...conflict,
        ...engineRefusals,
      },
    },
    handler: async (request, reply) => {
      const { follow = false, tail } = request.query
      const service = serviceOf(await environmentOf(parts, request.params.id), request.params.name)
      const container = containerOf(parts, service)
      if (!(await container.inspect())) throw gone(service)
      return sendPieces(parts, request, reply, { type: 'text/plain; charset=utf-8', closing }, (signal) =>
        container.logs({ follow, signal, ...(tail === undefined ? {} : { tail }) }),
      )
    },
  })

  app.route({
    method: 'POST',
    url: '/api/environment/:id/service/:name/exec',
    schema: {
      tags: ['services'],
      summary: 'Run a command in a service',
      description:
        'With /bin/sh. It is stopped when the caller goes away. Output beyond 1 MiB is left out, and said so at its end.',
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
      const service = serviceOf(await environmentOf(parts, request.params.id), request.params.name)
      const container = containerOf(parts, service)
      const state = await container.inspect()
      if (!state) throw gone(service)
      if (!state.running)
        throw new QaackError(
          'conflict',
          `service ${service.name} does not run; look at its log, or rebuild the environment`,
        )
      const left = new AbortController()
      reply.raw.once('close', () => left.abort(new QaackError('conflict', 'the caller went away')))
      const output = collect()
      const command = ['/bin/sh', '-c', request.body.command]
      const { exitCode } = await container.exec({
        command,
        onOutput: output.add,
        signal: AbortSignal.any([closing, left.signal]),
      })
      return { exitCode, output: output.text() }
    },
  })
}

function serviceOf(environment: EnvironmentRecord, name: string): ServiceRecord {
  const service = environment.services.find((candidate) => candidate.name === name)
  if (service) return service
  const known = environment.services.map((candidate) => candidate.name).join(', ')
  throw new QaackError(
    'not_found',
    `environment ${environment.id} has no service ${name}; it has ${known || 'none, as long as it is not created'}`,
  )
}

function containerOf(parts: Parts, service: ServiceRecord): Container {
  if (service.containerId === null)
    throw new QaackError('conflict', `service ${service.name} is not created yet`)
  return parts.engine.container(service.containerId)
}

function gone(service: ServiceRecord): QaackError {
  return new QaackError(
    'conflict',
    `the container of service ${service.name} is gone; rebuild the environment`,
  )
}
