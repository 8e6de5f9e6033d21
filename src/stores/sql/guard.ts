import { QaackError } from '../../errors.ts'
import type { SqlDialect } from './dialect.ts'

export interface Guard {
  /** Runs a call of the store; its errors become the store's. */
  run<T>(call: () => Promise<T>): Promise<T>
  /** From now on every call is refused. */
  close(call: () => Promise<void>): Promise<void>
}

const tries = 5

export function createGuard(dialect: SqlDialect): Guard {
  let closed = false

  async function run<T>(call: () => Promise<T>): Promise<T> {
    if (closed) throw new QaackError('store_unavailable', 'The store is closed: the service is stopping.')
    try {
      return await call()
    } catch (error) {
      const meaning = dialect.explain(error)
      throw meaning instanceof QaackError ? meaning : error
    }
  }

  async function close(call: () => Promise<void>): Promise<void> {
    closed = true
    await call()
  }

  return { run, close }
}

/** Tries a transaction again if the database gave up on it in favour of another. */
export async function retry<T>(dialect: SqlDialect, call: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await call()
    } catch (error) {
      if (attempt === tries || dialect.explain(error) !== 'again') throw error
    }
  }
}
