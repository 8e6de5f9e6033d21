import fastifySwagger from '@fastify/swagger'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify'
import { jsonSchemaTransform, serializerCompiler, type ZodTypeProvider } from 'fastify-type-provider-zod'
import { QaackError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import type { Caller } from './caller.ts'
import { openApiFacts } from './openapi-facts.ts'
import { tidyOpenApi } from './openapi-tidy.ts'
import { problemOf } from './problem.ts'
import { validatorCompiler } from './validate.ts'

/** Fastify with our schemas: what a route's handler gets and gives is typed by them. */
export type App = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  ZodTypeProvider
>

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Answers without a token. */
    open?: boolean
  }
  interface FastifyRequest {
    /** Who asks; null where no token is needed. */
    caller: Caller | null
  }
}

/** Largest body that is read, in bytes. */
export const bodyLimit = 1024 * 1024

/** An application without routes that checks what it is told, documents itself and turns every error into our answer. */
export async function createApp(logger: Logger): Promise<App> {
  const app = Fastify({
    bodyLimit,
    // Longer ones are answered like any other path that is not there.
    routerOptions: { maxParamLength: 1000 },
    frameworkErrors: (_error, _request, reply) => {
      reply
        .hijack()
        .raw.writeHead(404, { 'content-type': 'application/json; charset=utf-8' })
        .end(JSON.stringify(noSuchPath))
    },
  }).withTypeProvider<ZodTypeProvider>()
  app.setValidatorCompiler(validatorCompiler)
  app.setSerializerCompiler(serializerCompiler)
  app.decorateRequest('caller', null)
  acceptOnlyJson(app)
  app.setErrorHandler((error, request, reply) => {
    const problem = problemOf(error, request.id)
    if (problem.ours)
      logger.error(
        { err: error, request: request.id, method: request.method, path: request.url },
        'a request failed',
      )
    return reply.code(problem.status).type('application/json; charset=utf-8').send(problem.body)
  })
  app.addHook('onRequest', async (_request, reply) => {
    reply.header('x-content-type-options', 'nosniff').header('cache-control', 'no-store')
  })
  await app.register(fastifySwagger, {
    openapi: openApiFacts,
    transform: jsonSchemaTransform,
    transformObject: tidyOpenApi,
  })
  return app
}

/** The path cannot even be read, e.g. for a stray percent sign. */
const noSuchPath = { error: 'there is nothing at this path; see /api/openapi.json' }

/** A body of JSON or none; an empty one counts as none, because many clients name a type and send nothing. */
function acceptOnlyJson(app: App): void {
  const parse = app.getDefaultJsonParser('error', 'error')
  app.removeAllContentTypeParsers()
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') return done(null, undefined)
    void parse(request, body as string, (error, value: unknown) => {
      done(
        error ? new QaackError('invalid', `the body is not JSON: ${error.message}`, { cause: error }) : null,
        value,
      )
    })
  })
}
