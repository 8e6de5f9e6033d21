import { QaackError } from '../../errors.ts'

/** What an error of `pg` means to the store. `name`: of the database, without its password. */
export function explainPostgres(error: unknown, name: string): 'unique' | 'again' | QaackError | undefined {
  if (!(error instanceof Error)) return undefined
  const code = (error as { code?: unknown }).code
  return explainCode(typeof code === 'string' ? code : '', error, name)
}

/** The address of the database as it may be shown: without user and password. */
export function nameOf(url: string): string {
  const parsed = URL.parse(url)
  return parsed ? `${parsed.protocol}//${parsed.host}${parsed.pathname}` : 'postgres://…'
}

// https://www.postgresql.org/docs/current/errcodes-appendix.html
function explainCode(code: string, error: Error, name: string): 'unique' | 'again' | QaackError | undefined {
  if (code === '23505') return 'unique'
  if (code === '40001' || code === '40P01') return 'again'
  if (code === '53100') {
    return new QaackError('disk_full', `The disk of the database ${name} is full; free space on it.`, {
      cause: error,
    })
  }
  if (code === '3D000')
    return unavailable(`The database ${name} does not exist; create it first (createdb).`, error)
  if (code.startsWith('28')) {
    return unavailable(`The database ${name} refuses the user or the password; correct database_url.`, error)
  }
  if (/password must be a (non-empty )?string/.test(error.message)) {
    return unavailable(`The database ${name} wants a password; database_url has none.`, error)
  }
  if (/does not support SSL connections/.test(error.message)) {
    return unavailable(`The database ${name} does not speak TLS; leave sslmode out of database_url.`, error)
  }
  if (/CERT|SIGNATURE/.test(code)) {
    return unavailable(
      `The certificate of the database ${name} is not trusted (${code}); name its authority in NODE_EXTRA_CA_CERTS.`,
      error,
    )
  }
  if (code === '42501' || code === '25006') {
    return unavailable(
      `The database ${name} may not be written by this user (${error.message}); grant the right to.`,
      error,
    )
  }
  if (isAway(code, error)) {
    return unavailable(
      `The database ${name} does not answer (${reason(error)}); start it, or correct database_url.`,
      error,
    )
  }
  return undefined
}

/** Codes of the system, of the server while it starts, stops or is full, and the plain sentences of `pg` itself. */
function isAway(code: string, error: Error): boolean {
  if (/^E[A-Z]+$/.test(code) || code.startsWith('08') || code.startsWith('57P') || code.startsWith('53'))
    return true
  return /connection terminated|timeout exceeded when trying to connect|connection error|not queryable/i.test(
    error.message,
  )
}

function reason(error: Error): string {
  const inner = error instanceof AggregateError ? error.errors.find((one) => one instanceof Error) : undefined
  return (inner ?? error).message
}

function unavailable(message: string, cause: Error): QaackError {
  return new QaackError('store_unavailable', message, { cause })
}
