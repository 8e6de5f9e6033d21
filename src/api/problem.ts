import { isQaackError, messageOf, QaackError } from '../errors.ts'
import { Conflict } from '../stores/store.ts'

/** What is answered to a request that failed. */
export interface Problem {
  status: number
  body: { error: string; path?: string }
  /** We failed, not the one who asked: the operator has to know. */
  ours: boolean
}

/** The answer to any error; of those that are not meant to be shown it tells only where to look. */
export function problemOf(error: unknown, requestId: string): Problem {
  const known = explained(error)
  if (!known)
    return {
      status: 500,
      body: {
        error: `this failed through our fault; the log of the server tells more (request ${requestId})`,
      },
      ours: true,
    }
  const body =
    known.path === undefined ? { error: known.message } : { error: known.message, path: known.path }
  return { status: known.status, body, ours: known.status >= 500 }
}

function explained(error: unknown): QaackError | undefined {
  if (isQaackError(error)) return error
  if (error instanceof Conflict)
    return new QaackError(
      'conflict',
      'somebody changed this at the same moment; look at it, then try again',
      { cause: error },
    )
  const { code, statusCode } = factsOf(error)
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE')
    return new QaackError('too_large', 'the body is larger than 1 MiB', { cause: error })
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new QaackError(
      'unsupported_media_type',
      'a body must be JSON, and say so with content-type: application/json',
      { cause: error },
    )
  }
  if (statusCode >= 400 && statusCode < 500)
    return new QaackError('invalid', `the request cannot be read: ${messageOf(error)}`, { cause: error })
  return undefined
}

/** What Fastify's errors carry beside their message. */
function factsOf(error: unknown): { code: string; statusCode: number } {
  const { code, statusCode } = Object(error) as Record<string, unknown>
  return {
    code: typeof code === 'string' ? code : '',
    statusCode: typeof statusCode === 'number' ? statusCode : 0,
  }
}
