import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DatabaseSync } from 'node:sqlite'
import { isQaackError } from '../../../../src/errors.ts'
import { explainSqlite } from '../../../../src/stores/sqlite/explain.ts'

test('real violations of unique columns and keys are told as such', () => {
  const database = new DatabaseSync(':memory:')
  database.exec("create table t (a integer primary key, b text unique); insert into t values (1, 'x')")
  assert.equal(
    explainSqlite(
      errorOf(() => database.exec("insert into t values (2, 'x')")),
      'file',
    ),
    'unique',
  )
  assert.equal(
    explainSqlite(
      errorOf(() => database.exec("insert into t values (1, 'y')")),
      'file',
    ),
    'unique',
  )
})

test('a real full database is a full disk', () => {
  const database = new DatabaseSync(':memory:')
  database.exec('pragma max_page_count = 3; create table t (a)')
  const error = errorOf(() => database.exec('insert into t values (zeroblob(100000))'))
  const told = explainSqlite(error, '/data/qaack.db')
  assert.ok(isQaackError(told, 'disk_full'))
  assert.match(told.message, /\/data\/qaack\.db is full; free space/)
  assert.equal(told.cause, error)
})

for (const [errcode, words] of [
  [5, /locked by another process/],
  [8, /cannot be written/],
  [4618, /disk of the database file does not work/],
  [11, /damaged or is not a SQLite database; restore/],
  [26, /damaged or is not a SQLite database/],
  [14, /cannot be opened/],
] as const) {
  test(`result code ${errcode} says ${words.source}`, () => {
    const told = explainSqlite(Object.assign(new Error('original'), { errcode }), 'file')
    assert.ok(isQaackError(told, 'store_unavailable'))
    assert.match(told.message, words)
  })
}

test('errors of the file system are told, others are left alone', () => {
  const full = Object.assign(new Error('no space'), { code: 'ENOSPC' })
  assert.ok(isQaackError(explainSqlite(full, 'file'), 'disk_full'))
  const denied = Object.assign(new Error('denied'), { code: 'EACCES' })
  assert.ok(isQaackError(explainSqlite(denied, 'file'), 'store_unavailable'))
  assert.equal(explainSqlite(new TypeError('a fault of ours'), 'file'), undefined)
  assert.equal(explainSqlite('text', 'file'), undefined)
})

function errorOf(act: () => void): unknown {
  try {
    act()
  } catch (error) {
    return error
  }
  assert.fail('no error was thrown')
}
