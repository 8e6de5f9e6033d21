import { messageOf, QaackError, type ErrorCode } from '../../errors.ts'
import { Conflict, type Kind } from '../store.ts'
import type { UnwatchedStore } from '../sql/unwatched.ts'

/** A call of the store, on its way to the thread that has the database. */
export interface Call {
  id: number
  method: keyof UnwatchedStore
  given: unknown[]
}

/** Its answer. */
export type Answer = { id: number; value: unknown } | { id: number; error: SentError }

/** An error without its class, which no message between threads keeps. */
type SentError =
  | { conflict: Kind; message: string }
  | { code: ErrorCode; message: string; path: string | undefined; cause: unknown }
  | { other: unknown }

export function sentError(error: unknown): SentError {
  if (error instanceof Conflict) return { conflict: error.kind, message: error.message }
  if (!(error instanceof QaackError)) return { other: sendable(error) }
  const { code, message, path, cause } = error
  return { code, message, path, cause: sendable(cause) }
}

export function receivedError(sent: SentError): unknown {
  if ('conflict' in sent) return new Conflict(sent.conflict, sent.message)
  if ('other' in sent) return sent.other
  const { code, message, path, cause } = sent
  return new QaackError(code, message, { cause, ...(path === undefined ? {} : { path }) })
}

/** Who throws what is no error gets its words. */
function sendable(error: unknown): unknown {
  return error === undefined || error instanceof Error ? error : new Error(messageOf(error))
}
