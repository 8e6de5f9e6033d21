import { z } from 'zod'
import type { BuildRecord } from '../builds/build.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { missing, refusals, text } from './answers.ts'
import type { App } from './app.ts'
import { environmentOf } from './environments.ts'
import { countText, flagText, idParams } from './fields.ts'
import { listen } from './follow.ts'
import { sendPieces } from './stream.ts'

/** Characters that are read at once. */
const pieceLength = 64 * 1024
/** Milliseconds after which a follower looks by itself: another process may write the log. */
const lookTime = 2_000

export function environmentLogRoutes(app: App, parts: Parts, closing: AbortSignal): void {
  app.route({
    method: 'GET',
    url: '/api/environment/:id/log',
    schema: {
      tags: ['environments'],
      summary: 'Log of a build',
      description:
        'The header x-qaack-build tells the number of the build. With follow it grows until that build has ended.',
      operationId: 'getEnvironmentLog',
      params: idParams,
      querystring: z.strictObject({
        follow: flagText.optional().describe('Go on until the build has ended. Default: false.'),
        build: countText.optional().describe('Number of the build, from 1. Default: the newest.'),
      }),
      response: { 200: text('The log.'), ...refusals, ...missing },
    },
    handler: async (request, reply) => {
      const { follow = false, build: number } = request.query
      const environment = await environmentOf(parts, request.params.id)
      const build = await buildOf(parts, environment.id, number)
      const options = {
        type: 'text/plain; charset=utf-8',
        closing,
        headers: { 'x-qaack-build': String(build.number) },
      }
      return sendPieces(parts, request, reply, options, (signal) => logOf(parts, build.id, follow, signal))
    },
  })
}

async function buildOf(
  parts: Parts,
  environmentId: string,
  number: number | undefined,
): Promise<BuildRecord> {
  const builds = await parts.store.list('build', {
    environmentId,
    ...(number === undefined ? {} : { number }),
  })
  const build = builds.at(-1)
  if (build) return build
  const what = number === undefined ? 'no build yet; create it or ask for a build' : `no build ${number}`
  throw new QaackError('not_found', `environment ${environmentId} has ${what}`)
}

/** The log from its start; when followed, until the build has ended and all that was written till then is sent. */
export async function* logOf(
  parts: Parts,
  buildId: string,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<string> {
  const news = listen(parts, ({ kind, id }) => id === buildId && (kind === 'log' || kind === 'build'), signal)
  let sent = 0
  try {
    while (!signal.aborted) {
      // Asked before reading: what is written until the end is then in what is read after it.
      const last = !follow || (await hasEnded(parts, buildId))
      for await (const piece of unread(parts, buildId, sent)) {
        sent += piece.length
        yield piece
        if (signal.aborted) return
      }
      if (last) return
      await news.next(lookTime)
    }
  } finally {
    news.stop()
  }
}

async function* unread(parts: Parts, logId: string, from: number): AsyncGenerator<string> {
  for (let at = from; ;) {
    const { text } = await parts.store.readLog(logId, at, pieceLength)
    // One half of a surrogate pair is no character: it is sent with its other half.
    const whole = /[\ud800-\udbff]$/.test(text) ? text.slice(0, -1) : text
    if (whole === '') return
    at += whole.length
    yield whole
  }
}

async function hasEnded(parts: Parts, buildId: string): Promise<boolean> {
  const build = await parts.store.get('build', buildId)
  return build === undefined || build.status === 'ended'
}
