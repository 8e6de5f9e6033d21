import { z } from 'zod'
import { mostFile, mostText, startAction, type StartedAction } from '../actions/run.ts'
import { messageOf, QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { conflict, engineRefusals, missing, writeRefusals } from './answers.ts'
import type { App } from './app.ts'
import { emptyBody } from './fields.ts'
import { sendPieces } from './stream.ts'

export function actionRoutes(app: App, parts: Parts, closing: AbortSignal): void {
  app.route({
    method: 'POST',
    url: '/api/environment/:id/action/:name',
    schema: {
      tags: ['environments'],
      summary: 'Run a quick action of the Qaackfile',
      description:
        'In the service that it names, by the Qaackfile of what answers, also while that is rebuilt beside it; several at once are fine. It is stopped when the caller goes away, or after 10 minutes. ' +
        'What it gives is sent while it runs, with secrets masked: of text the first ' +
        `${mostText / 1024 / 1024} MiB, a file of at most ${mostFile / 1024 / 1024} MiB. ` +
        'One that fails within a second is a 409; later a last line of the text says so, and the connection is cut.',
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
      const action = await startAction(parts, id, name, { by: 'the API', signal })
      // One that fails soon still gets a status that says so; one that takes its time is shown while it runs.
      if (action.output === 'none') await action.ended
      else await Promise.race([action.ended, action.full, parts.clock.sleep(firstLook, signal)])
      switch (action.output) {
        case 'none':
          return reply.code(204).send(null)
        case 'string':
          return sendPieces(parts, request, reply, { type: 'text/plain; charset=utf-8', closing }, () =>
            withLastLine(action),
          )
        case 'file': {
          const headers = { 'content-disposition': attachment(action.filename) }
          const options = { type: 'application/octet-stream', headers, closing }
          return sendPieces(parts, request, reply, options, () => toItsEnd(action))
        }
      }
    },
  })
}

/** Milliseconds after which what there is of the output is sent. */
const firstLook = 1_000

/** Throws at its end for an action that failed, so that the connection is cut and nobody takes half of it for the whole. */
async function* toItsEnd({ pieces, ended }: StartedAction): AsyncGenerator<Buffer> {
  yield* pieces as AsyncIterable<Buffer>
  await ended
}

/** The same, with what went wrong said before. */
async function* withLastLine(action: StartedAction): AsyncGenerator<Buffer> {
  try {
    yield* toItsEnd(action)
  } catch (error) {
    const [sentence] = messageOf(error).split(':\n', 1)
    yield Buffer.from(`\n[${sentence}]\n`)
    throw error
  }
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
