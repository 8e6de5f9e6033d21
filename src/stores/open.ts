import { resolve } from 'node:path'
import { QaackError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { postgresDialect } from './postgres/dialect.ts'
import type { SqlDialect } from './sql/dialect.ts'
import { openSqlStore } from './sql/open.ts'
import { sqliteDialect } from './sqlite/dialect.ts'
import type { Store } from './store.ts'

/**
 * Opens the store that `databaseUrl` names, `sqlite:<path>` (also `sqlite::memory:`; a relative path counts from
 * `dataDir`) or `postgres://…`, and brings its tables up to date.
 *
 * Errors: QaackError `store_unavailable` (no database, a damaged one, one of a newer version), `disk_full`,
 * `invalid_config` (an address of another kind).
 */
export async function openStore(options: {
  databaseUrl: string
  dataDir: string
  logger: Logger
}): Promise<Store> {
  return openSqlStore(chooseDialect(options), options.logger)
}

function chooseDialect(options: { databaseUrl: string; dataDir: string; logger: Logger }): SqlDialect {
  const { databaseUrl, dataDir, logger } = options
  if (/^postgres(ql)?:\/\//.test(databaseUrl)) return postgresDialect(databaseUrl, logger)
  const path = /^sqlite:(.+)$/s.exec(databaseUrl)?.[1]
  if (path === ':memory:') return sqliteDialect(path)
  if (path !== undefined) return sqliteDialect(resolve(dataDir, path))
  throw new QaackError(
    'invalid_config',
    'database_url must be sqlite:<path> or postgres://user:password@host:port/database.',
    { path: 'database_url' },
  )
}
