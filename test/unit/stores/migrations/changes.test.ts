import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Kysely, sql } from 'kysely'
import type { BuildRecord } from '../../../../src/builds/build.ts'
import { defaultSettings, type RepositoryRecord } from '../../../../src/repositories/repository.ts'
import { migrations } from '../../../../src/stores/migrations/all.ts'
import { migrate } from '../../../../src/stores/migrations/migrate.ts'
import type { Tables } from '../../../../src/stores/sql/tables.ts'
import { sqliteDialect } from '../../../../src/stores/sqlite/dialect.ts'

const dialect = sqliteDialect(':memory:')

/** As the first version wrote it. */
const settings = {
  environmentTTL: 480,
  qaackFile: { mode: 'both', qaackFile: 'services: {}' },
  webhook: { branches: true, tags: false, changes: true, include: ['main'], exclude: ['tmp-*'] },
  pollSeconds: 60,
  buildTimeout: 0,
}

test('a database of the first version becomes one of this: its repositories and builds have all that is read now', async () => {
  const db = new Kysely<Tables>({ dialect: dialect.kysely })
  await migrate(db, dialect, Object.fromEntries(Object.entries(migrations).slice(0, 1)))
  const repository = JSON.stringify({ id: 'r', version: 3, name: 'shop', settings })
  const build = JSON.stringify({ id: 'b', version: 2, hash: 'a'.repeat(40), steps: [] })
  await sql`insert into repositories (id, version, group_id, name, record) values ('r', 3, 'g', 'shop', ${repository})`.execute(
    db,
  )
  await sql`insert into builds (id, version, environment_id, repository_id, status, number, record) values ('b', 2, 'e', 'r', 'ended', 1, ${build})`.execute(
    db,
  )
  await migrate(db, dialect)
  const read = async (table: 'repositories' | 'builds') =>
    JSON.parse((await db.selectFrom(table).select('record').executeTakeFirstOrThrow()).record) as unknown
  const after = (await read('repositories')) as RepositoryRecord
  assert.deepEqual(after, {
    id: 'r',
    version: 3,
    name: 'shop',
    settings: {
      ...defaultSettings,
      ...settings,
      webhook: { ...defaultSettings.webhook, ...settings.webhook },
    },
    sshKey: null,
    rebuiltAt: null,
  })
  const { source, faults } = (await read('builds')) as BuildRecord
  assert.deepEqual({ source, faults }, { source: null, faults: [] })
  await db.destroy()
})
