import { resolve } from 'node:path'
import { QaackError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { watched } from './sql/watchers.ts'
import { openOnThread } from './sqlite/store-thread.ts'
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
  const { databaseUrl, dataDir, logger } = options
  // What speaks to databases is loaded by the thread that has one: a file's has a thread of its own.
  if (/^postgres(ql)?:\/\//.test(databaseUrl)) {
    const { postgresDialect } = await import('./postgres/dialect.ts')
    const { openSqlStore } = await import('./sql/open.ts')
    return openSqlStore(postgresDialect(databaseUrl, logger), logger)
  }
  const path = /^sqlite:(.+)$/s.exec(databaseUrl)?.[1]
  // That is over in no time, and gone with its thread.
  if (path === ':memory:') {
    const { sqliteDialect } = await import('./sqlite/dialect.ts')
    const { openSqlStore } = await import('./sql/open.ts')
    return openSqlStore(sqliteDialect(path), logger)
  }
  if (path !== undefined) return watched(await openOnThread(resolve(dataDir, path)), logger)
  throw new QaackError(
    'invalid_config',
    'database_url must be sqlite:<path> or postgres://user:password@host:port/database.',
    { path: 'database_url' },
  )
}
