import type { Dialect } from 'kysely'
import type { QaackError } from '../../errors.ts'

/** What the shared queries need to know of a database. */
export interface SqlDialect {
  kysely: Dialect
  /** Column type of an integer key that the database gives and that grows. */
  growingKey: 'integer' | 'bigserial'
  /** Commits of this process are written one after the other, so that those which wait are written quicker as one. */
  oneAtATime: boolean
  /**
   * What an error of the driver means: `unique` = a unique value exists already; `again` = the database gave up on this
   * transaction in favour of another, the same one may succeed now; a QaackError = as it is to be told; undefined = not known.
   */
  explain(error: unknown): 'unique' | 'again' | QaackError | undefined
}
