import { Kysely } from 'kysely'
import type { Logger } from '../../logger.ts'
import { migrate } from '../migrations/migrate.ts'
import type { Change, Store } from '../store.ts'
import { writeCommits } from './commit.ts'
import type { SqlDialect } from './dialect.ts'
import { createGroups } from './groups.ts'
import { createGuard, retry } from './guard.ts'
import { createLogs } from './logs.ts'
import { findEvents, findIds, findRecord, findRecords } from './read.ts'
import type { Tables } from './tables.ts'
import type { UnwatchedStore } from './unwatched.ts'
import { watched } from './watchers.ts'

/** The store over any SQL database: brings its tables up to date, then answers. */
export async function openSqlStore(dialect: SqlDialect, logger: Logger): Promise<Store> {
  return watched(await openUnwatched(dialect), logger)
}

/** The same, with nobody told of what is written. */
export async function openUnwatched(dialect: SqlDialect): Promise<UnwatchedStore> {
  const db = new Kysely<Tables>({ dialect: dialect.kysely })
  const guard = createGuard(dialect)
  const logs = createLogs(db, dialect)
  const write = (commits: Change[][]) => retry(dialect, () => writeCommits(db, dialect, commits))
  const groups = dialect.oneAtATime ? createGroups(write) : undefined
  const commit = async (changes: Change[]) =>
    groups ? groups.commit(changes) : (await write([changes])).flat()
  let closing: Promise<void> | undefined

  try {
    await guard.run(() => migrate(db, dialect))
  } catch (error) {
    await db.destroy().catch(() => undefined)
    throw error
  }

  return {
    get: (kind, id) => guard.run(() => findRecord(db, kind, id)),
    list: (kind, filter) => guard.run(() => findRecords(db, kind, filter)),
    ids: (kind, filter, limit) => guard.run(() => findIds(db, kind, filter, limit)),
    commit: (changes) => guard.run(() => commit(changes)),
    events: (filter) => guard.run(() => findEvents(db, filter)),
    appendLog: (logId, text) => guard.run(() => logs.append(logId, text)),
    readLog: (logId, offset, limit) => guard.run(() => logs.read(logId, offset, limit)),
    check: () =>
      guard.run(async () => {
        // A counter of its own, so that a check never waits for a commit that writes events.
        await db.updateTable('counters').set({ value: 1 }).where('name', '=', 'check').execute()
      }),
    close: () =>
      (closing ??= guard.close(async () => {
        await groups?.idle()
        await logs.idle()
        await db.destroy()
      })),
  }
}
