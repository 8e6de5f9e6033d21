import { isQaackError, QaackError } from '../errors.ts'
import type { App } from './app.ts'

/**
 * A part of the API in which a body stays the bytes that came: what proves where it comes from is on these, so nothing may
 * read them as JSON before. `types`: the content type that it must have, or `*` for any. `limit`: bytes of the largest one.
 */
export function rawBodies(
  app: App,
  { types, limit }: { types: 'application/json' | '*'; limit: number },
  routes: (scope: App) => void,
): void {
  void app.register((scope: App, _options, done) => {
    scope.removeAllContentTypeParsers()
    scope.addContentTypeParser(types, { parseAs: 'buffer' }, (_request, body, finish) => finish(null, body))
    scope.setErrorHandler((error) => {
      throw explained(error, limit)
    })
    routes(scope)
    done()
  })
}

/** The body of a request to such a part; empty where none came. */
export function bytesOf(body: unknown): Buffer {
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0)
}

export const tooMuchAtOnce = 'too many large deliveries come in at once; send this one again later'

function explained(error: unknown, limit: number): unknown {
  const { code } = Object(error) as { code?: unknown }
  if (code !== 'FST_ERR_CTP_BODY_TOO_LARGE' || isQaackError(error)) return error
  return new QaackError('too_large', `the body is larger than ${mebibytes(limit)}`, { cause: error })
}

export function mebibytes(bytes: number): string {
  return `${bytes / (1024 * 1024)} MiB`
}
