import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { test } from 'node:test'
import { Kysely, sql } from 'kysely'
import { migrations } from '../../../../src/stores/migrations/all.ts'
import type { StoreMigration } from '../../../../src/stores/migrations/all.ts'
import { migrate } from '../../../../src/stores/migrations/migrate.ts'
import type { Tables } from '../../../../src/stores/sql/tables.ts'
import { sqliteDialect } from '../../../../src/stores/sqlite/dialect.ts'

const dialect = sqliteDialect(':memory:')

test('every numbered file is in the list, under its name and in order', () => {
  const folder = new URL('../../../../src/stores/migrations/', import.meta.url)
  const files = readdirSync(folder)
    .filter((name) => /^\d/.test(name))
    .sort()
  assert.deepEqual(
    Object.keys(migrations),
    files.map((name) => name.replace(/\.ts$/, '')),
  )
})

test('each migration is done once, in order, and only those that are new', async () => {
  const db = new Kysely<Tables>({ dialect: dialect.kysely })
  const done: string[] = []
  const note = (name: string): StoreMigration => ({ up: () => Promise.resolve(void done.push(name)) })
  const first = { '0001-a': note('a'), '0002-b': note('b') }
  await migrate(db, dialect, first)
  await migrate(db, dialect, first)
  await migrate(db, dialect, { ...first, '0003-c': note('c') })
  assert.deepEqual(done, ['a', 'b', 'c'])
  await db.destroy()
})

test('a migration that fails leaves nothing of itself behind and keeps what came before', async () => {
  const db = new Kysely<Tables>({ dialect: dialect.kysely })
  const good: StoreMigration = {
    up: async (one) => void (await sql`create table good (a text)`.execute(one)),
  }
  const bad: StoreMigration = {
    async up(one) {
      await sql`create table bad (a text)`.execute(one)
      throw new Error('power cut')
    },
  }
  await assert.rejects(migrate(db, dialect, { '0001-good': good, '0002-bad': bad }), /power cut/)
  const names = (await db.introspection.getTables()).map((table) => table.name)
  assert.ok(names.includes('good') && !names.includes('bad'))
  await migrate(db, dialect, { '0001-good': good, '0002-bad': { up: () => Promise.resolve() } })
  await db.destroy()
})
