import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Kysely, sql } from 'kysely'
import { migrations } from '../../../../src/stores/migrations/all.ts'
import { migrate } from '../../../../src/stores/migrations/migrate.ts'
import type { Tables } from '../../../../src/stores/sql/tables.ts'
import { sqliteDialect } from '../../../../src/stores/sqlite/dialect.ts'

test('deliveries of before say what is to be done about them, and hold no payload', async () => {
  const dialect = sqliteDialect(':memory:')
  const db = new Kysely<Tables>({ dialect: dialect.kysely })
  await migrate(db, dialect, Object.fromEntries(Object.entries(migrations).slice(0, 3)))
  for (const status of ['waiting', 'done']) {
    const record = JSON.stringify({ id: status, version: 2, payload: '{}', status, reason: 'seen' })
    await sql`insert into deliveries (id, version, host, delivery_id, status, record) values (${status}, 2, 'github', ${status}, ${status}, ${record})`.execute(
      db,
    )
  }
  await migrate(db, dialect)
  const { rows } = await sql<{
    status: string
    record: string
  }>`select status, record from deliveries`.execute(db)
  const reason = 'an earlier version of Qaack had not read it; send it again'
  assert.deepEqual(
    rows.map(({ status, record }) => [status, JSON.parse(record) as unknown]),
    [
      ['failed', { id: 'waiting', version: 2, status: 'failed', reason, events: [] }],
      ['done', { id: 'done', version: 2, status: 'done', reason: 'seen', events: [] }],
    ],
  )
  await db.destroy()
})
