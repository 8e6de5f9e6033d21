import { Migrator, sql } from 'kysely'
import type { Kysely } from 'kysely'
import { QaackError } from '../../errors.ts'
import type { SqlDialect } from '../sql/dialect.ts'
import type { Tables } from '../sql/tables.ts'
import { migrations } from './all.ts'
import type { StoreMigration } from './all.ts'

/**
 * Brings the tables up to date, each migration in a transaction of its own. Several processes may do so at once.
 * A database that a newer version has written is refused as QaackError `store_unavailable`, and nothing is changed.
 */
export async function migrate(
  db: Kysely<Tables>,
  dialect: SqlDialect,
  known: Record<string, StoreMigration> = migrations,
): Promise<void> {
  await refuseNewer(db, Object.keys(known))
  const provided = Object.entries(known).map(([name, { up }]) => [
    name,
    { up: (transaction: Kysely<Tables>) => up(transaction, dialect) },
  ])
  const migrator = new Migrator({
    db,
    provider: { getMigrations: () => Promise.resolve(Object.fromEntries(provided)) },
    migrationTableName: table,
    migrationLockTableName: `${table}_lock`,
  })
  for (;;) {
    const { error, results } = await migrator.migrateUp()
    if (error !== undefined)
      throw error instanceof Error ? error : new Error('migration failed', { cause: error })
    if (!results?.length) return
  }
}

const table = 'qaack_migrations'

async function refuseNewer(db: Kysely<Tables>, known: string[]): Promise<void> {
  const present = await db.introspection.getTables({ withInternalKyselyTables: true })
  if (!present.some((one) => one.name === table)) return
  const done = await sql<{ name: string }>`select name from ${sql.table(table)} order by name`.execute(db)
  const unknown = done.rows.find((one) => !known.includes(one.name))
  if (unknown === undefined) return
  throw new QaackError(
    'store_unavailable',
    `The database was written by a newer version of Qaack (it has "${unknown.name}", this version ends at ` +
      `"${known.at(-1)}"); start that version or a later one, or restore a copy from before the upgrade.`,
  )
}
