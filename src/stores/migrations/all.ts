import type { Kysely } from 'kysely'
import type { SqlDialect } from '../sql/dialect.ts'
import type { Tables } from '../sql/tables.ts'
import * as first from './0001-first.ts'
import * as changes from './0002-changes.ts'
import * as reusables from './0003-reusables.ts'
import * as deliveries from './0004-deliveries-by-meaning.ts'

export interface StoreMigration {
  up: (db: Kysely<Tables>, dialect: SqlDialect) => Promise<void>
}

/** In the order of their numbers. A released one is never changed: another one follows. */
export const migrations: Record<string, StoreMigration> = {
  '0001-first': first,
  '0002-changes': changes,
  '0003-reusables': reusables,
  '0004-deliveries-by-meaning': deliveries,
}
