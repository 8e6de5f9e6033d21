/**
 * Every error that leaves the service, in one catalogue: its code, the HTTP status it becomes, and what to do about it.
 * The manual (src/errors.md) lists the same codes; a test compares.
 */
export const catalogue = {
  unauthenticated: { status: 400, remedy: 'send a token in the header X-QAACK-TOKEN or in the cookie token' },
  unauthorized: {
    status: 401,
    remedy: 'the token is wrong, expired or deleted; make a new one with qaack token create',
  },
  read_only: { status: 403, remedy: 'this token may only read; use one that may write' },
  cross_site: {
    status: 403,
    remedy: 'send the token in the header X-QAACK-TOKEN, or ask from a page of the service itself',
  },
  not_found: { status: 404, remedy: 'check the id; what your token may not see is answered the same way' },
  method_not_allowed: { status: 405, remedy: 'see /api/openapi.json for the methods of this path' },
  conflict: { status: 409, remedy: 'look at the state it is in, then try again' },
  too_large: { status: 413, remedy: 'send at most 1 MiB' },
  unsupported_media_type: { status: 415, remedy: 'send application/json' },
  invalid: { status: 422, remedy: 'correct the field that path names' },
  invalid_config: { status: 500, remedy: 'correct the setting that is named and start again' },
  invalid_qaackfile: { status: 422, remedy: 'correct the lines that are named' },
  git_failed: { status: 502, remedy: 'check the address and the credentials of the repository' },
  engine_unavailable: { status: 503, remedy: 'start the Docker engine, or set DOCKER_HOST to one that runs' },
  engine_failed: { status: 502, remedy: 'see the message of the engine' },
  store_unavailable: { status: 503, remedy: 'start the database, or correct database_url' },
  disk_full: { status: 507, remedy: 'free space on the disk of data_dir or of the engine' },
  internal: { status: 500, remedy: 'this is our fault; the log of the server has the details' },
} as const satisfies Record<string, { status: number; remedy: string }>

export type ErrorCode = keyof typeof catalogue

export interface ErrorFacts {
  cause?: unknown
  /** The field of the request or the setting that is wrong, e.g. `params.origin`. */
  path?: string
}

/** An error whose message is a sentence that may be shown to the person who caused it. */
export class QaackError extends Error {
  readonly code: ErrorCode
  readonly path: string | undefined

  constructor(code: ErrorCode, message: string, facts: ErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'QaackError'
    this.code = code
    this.path = facts.path
  }

  get status(): number {
    return catalogue[this.code].status
  }

  get remedy(): string {
    return catalogue[this.code].remedy
  }

  /** What to do, where the message does not say it: most do, after a semicolon, and better. */
  get unsaidRemedy(): string {
    return this.message.includes('; ') ? '' : this.remedy
  }
}

/** The user's build failed: their step, image, port or file, not us. Its message is the environment's `reason`. */
export class BuildFailure extends Error {
  /** Step that failed, as `service.step`, where there is one. */
  readonly step: string | undefined
  readonly exitCode: number | undefined

  constructor(reason: string, facts: { step?: string; exitCode?: number; cause?: unknown } = {}) {
    super(reason, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'BuildFailure'
    this.step = facts.step
    this.exitCode = facts.exitCode
  }
}

export function isQaackError(error: unknown, code?: ErrorCode): error is QaackError {
  return error instanceof QaackError && (code === undefined || error.code === code)
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What kind of end this was: the user's build failed, or we did. Only the second alarms the operator. */
export function outcomeOf(error: unknown): 'build' | 'ours' {
  if (error instanceof BuildFailure) return 'build'
  if (error instanceof QaackError && (error.code === 'invalid_qaackfile' || error.code === 'git_failed'))
    return 'build'
  return 'ours'
}
