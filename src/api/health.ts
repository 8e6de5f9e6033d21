import { z } from 'zod'
import { isQaackError, type QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { fault, json } from './answers.ts'
import type { App } from './app.ts'

/** Milliseconds that a part gets to answer. */
const patience = 5_000

const readiness = z.object({
  ready: z.boolean(),
  error: z.string().optional().describe('Which part is not there, and what to do.'),
  parts: z.object({
    store: z.string().describe('ok, or why not.'),
    engine: z.string().describe('ok, or why not.'),
  }),
})

export function healthRoutes(app: App, parts: Parts): void {
  app.route({
    method: 'GET',
    url: '/api/health',
    config: { open: true },
    schema: {
      tags: ['instance'],
      summary: 'Whether the process answers',
      operationId: 'getHealth',
      security: [],
      response: { 200: json('It does.', z.object({ status: z.literal('ok') })), ...fault },
    },
    handler: () => ({ status: 'ok' as const }),
  })

  app.route({
    method: 'GET',
    url: '/api/ready',
    config: { open: true },
    schema: {
      tags: ['instance'],
      summary: 'Whether it can work: store and engine answer',
      operationId: 'getReadiness',
      security: [],
      response: { 200: json('It can.', readiness), 503: json('It cannot now.', readiness), ...fault },
    },
    handler: async (_request, reply) => {
      const [store, engine] = await Promise.all([
        stateOf(parts, 'the database', parts.store.check()),
        stateOf(parts, 'the Docker engine', parts.engine.info()),
      ])
      const faults = [store, engine].filter((state) => state !== 'ok')
      if (faults.length === 0) return reply.send({ ready: true, parts: { store, engine } })
      return reply
        .code(503)
        .header('retry-after', '5')
        .send({ ready: false, error: faults.join('; '), parts: { store, engine } })
    },
  })
}

/** Everybody may ask, so only sentences that are made to be shown are told. */
async function stateOf(parts: Parts, what: string, work: Promise<unknown>): Promise<string> {
  const answered = new AbortController()
  const state = work.then(
    () => 'ok',
    (error: unknown) => {
      parts.logger.warn({ err: error }, `${what} is not ready`)
      return isQaackError(error) ? advice(error) : `${what} fails; the log of the server tells more`
    },
  )
  const late = parts.clock
    .sleep(patience, answered.signal)
    .then(() => `${what} did not answer within ${patience / 1000} s; look whether it is overloaded`)
  const first = await Promise.race([state, late])
  answered.abort()
  return first
}

function advice({ message, unsaidRemedy }: QaackError): string {
  return [message, unsaidRemedy].filter(Boolean).join('; ')
}
