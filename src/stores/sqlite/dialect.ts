import { SqliteAdapter, SqliteIntrospector, SqliteQueryCompiler } from 'kysely'
import type { SqlDialect } from '../sql/dialect.ts'
import { Checkpoints } from './checkpoints.ts'
import { openDatabase } from './database.ts'
import { SqliteDriver } from './driver.ts'
import { explainSqlite } from './explain.ts'

/** `path`: of the file, or `:memory:`. Nothing is opened before the first query. */
export function sqliteDialect(path: string): SqlDialect {
  return {
    kysely: {
      createDriver: () => new SqliteDriver(() => openDatabase(path), checkpointsOf(path)),
      createAdapter: () => new TransactionalAdapter(),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
    growingKey: 'integer',
    oneAtATime: true,
    explain: (error) => explainSqlite(error, path),
  }
}

/** A database in memory has no log. */
function checkpointsOf(path: string): Checkpoints | undefined {
  return path === ':memory:' ? undefined : new Checkpoints(path)
}

/** SQLite can change tables in a transaction, which Kysely leaves unused; `begin immediate` is the lock between processes. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}
