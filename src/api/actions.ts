import { z } from 'zod'
import { runAction } from '../actions/run.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { conflict, engineRefusals, missing, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { emptyBody } from './fields.ts'

export function actionRoutes(app: App, parts: Parts, closing: AbortSignal): void {
  app.route({
    method: 'POST',
    url: '/api/environment/:id/action/:name',
    schema: {
      tags: ['environments'],
      summary: 'Run a quick action of the Qaackfile',
      description:
        'In the service that it names. It is stopped when the caller goes away, or after 10 minutes. What it gives is bounded to 1 MiB.',
      operationId: 'runAction',
      params: z.strictObject({ id: z.string(), name: z.string() }),
      body: emptyBody,
      response: {
        200: {
          description: 'What it gave: as text, or as a file to download.',
          content: {
            'text/plain': { schema: z.string() },
            'application/octet-stream': { schema: z.any() },
          },
        },
        204: z.null().describe('It went well, and its output is of no interest.'),
        ...writeRefusals,
        ...missing,
        ...conflict,
        ...engineRefusals,
      },
    },
    handler: async (request, reply) => {
      const left = new AbortController()
      reply.raw.once('close', () => left.abort(new QaackError('conflict', 'the caller went away')))
      const signal = AbortSignal.any([closing, left.signal])
      const { id, name } = request.params
      const given = await runAction(parts, id, name, { by: 'the API', signal })
      switch (given.output) {
        case 'none':
          return reply.code(204).send(null)
        case 'string':
          return reply.type('text/plain; charset=utf-8').send(given.text)
        case 'file':
          return reply
            .type('application/octet-stream')
            .header('content-disposition', attachment(given.filename))
            .send(given.content)
      }
    },
  })
}

/** RFC 6266: a plain name for old programs, the whole one for all others. */
function attachment(filename: string): string {
  const plain = filename.replace(/[^\w .-]/g, '_')
  const encoded = encodeURIComponent(filename.toWellFormed()).replace(
    /[!'()*]/g,
    (found) => `%${found.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`
}
