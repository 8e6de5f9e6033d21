import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { isQaackError } from '../../../src/errors.ts'
import { silentLogger } from '../../../src/logger.ts'
import { openStore } from '../../../src/stores/open.ts'
import { openSqlStore } from '../../../src/stores/sql/open.ts'
import { openDatabase } from '../../../src/stores/sqlite/database.ts'
import { sqliteDialect } from '../../../src/stores/sqlite/dialect.ts'
import { SqliteDriver } from '../../../src/stores/sqlite/driver.ts'
import { open } from './open.ts'
import { event, insert } from './records.ts'

const directory = mkdtempSync(join(tmpdir(), 'qaack-sqlite-'))
after(() => rmSync(directory, { recursive: true, force: true }))
let paths = 0
const newPath = () => join(directory, String(++paths), 'deep', 'qaack.db')

test('a relative path counts from the data directory; the file, its log and its directory are for the owner only', async () => {
  const path = newPath()
  const dataDir = join(path, '..')
  const store = await openStore({ databaseUrl: 'sqlite:qaack.db', dataDir, logger: silentLogger })
  await store.commit([insert('group')])
  assert.ok(statSync(path).isFile())
  for (const suffix of ['', '-wal', '-shm']) assert.equal(statSync(path + suffix).mode & 0o777, 0o600, suffix)
  assert.equal(statSync(dataDir).mode & 0o777, 0o700)
  await store.close()
})

test('a file that is no database is named, and left as it is', async () => {
  const path = newPath()
  mkdirSync(join(path, '..'), { recursive: true })
  const content = 'this is a text, not a database\n'.repeat(100)
  writeFileSync(path, content)
  await assert.rejects(
    open(`sqlite:${path}`),
    unavailable(/deep\/qaack\.db is damaged or is not a SQLite database; restore/),
  )
  assert.equal(readFileSync(path, 'utf8'), content)
})

test('a database that lost its end is said to be damaged', async () => {
  const path = newPath()
  const store = await open(`sqlite:${path}`)
  for (let index = 0; index < 50; index++) await store.appendLog(`log${index}`, 'x'.repeat(10_000))
  await store.close()
  truncateSync(path, 8192)
  await assert.rejects(
    async () => {
      const damaged = await open(`sqlite:${path}`)
      await damaged.readLog('log40').finally(() => damaged.close())
    },
    unavailable(/is damaged/),
  )
})

test('a path below a file is named', async () => {
  writeFileSync(join(directory, 'file'), '')
  const path = join(directory, 'file', 'qaack.db')
  await assert.rejects(open(`sqlite:${path}`), unavailable(/cannot be opened .*; check the path/))
})

test('a full disk is said, loses nothing, and is over once there is space', async () => {
  const { store, database } = await openWithHandle(newPath())
  await store.commit([insert('group')])
  const { page_count: pages } = database().prepare('pragma page_count').get() as { page_count: number }
  database().exec(`pragma max_page_count = ${pages + 2}`)
  const text = randomBytes(100_000).toString('hex')
  const full = (error: unknown) => isQaackError(error, 'disk_full') && error.cause instanceof Error
  await assert.rejects(store.commit([event('lost'), insert('delivery', { reason: text })]), full)
  await assert.rejects(store.appendLog('log', text), full)
  assert.equal((await store.list('group')).length, 1)
  assert.deepEqual(await store.events({}), [])
  database().exec('pragma max_page_count = 1000000')
  await store.commit([event('kept'), insert('delivery', { reason: text })])
  await store.appendLog('log', text)
  assert.equal((await store.readLog('log')).end, text.length)
  await store.close()
})

test('a database of a newer version is refused with its name, and not changed', async () => {
  const path = newPath()
  await (await open(`sqlite:${path}`)).close()
  const database = new DatabaseSync(path)
  database.exec("insert into qaack_migrations values ('9999-later', '2030-01-01')")
  database.close()
  const before = readFileSync(path)
  await assert.rejects(
    open(`sqlite:${path}`),
    unavailable(/newer version of Qaack .*"9999-later".*start that version or a later/),
  )
  assert.deepEqual(readFileSync(path), before)
})

test(
  'a file that may not be written is named',
  { skip: process.getuid?.() === 0 && 'root may write everything' },
  async () => {
    const path = newPath()
    await (await open(`sqlite:${path}`)).close()
    chmodSync(path, 0o400)
    await assert.rejects(open(`sqlite:${path}`), unavailable(/qaack\.db cannot be/))
  },
)

test('an address of another kind is refused with what would be right', async () => {
  for (const databaseUrl of ['mysql://localhost/qaack', 'sqlite:', 'qaack.db']) {
    await assert.rejects(open(databaseUrl), (error) => {
      assert.ok(isQaackError(error, 'invalid_config'))
      assert.match(error.message, /must be sqlite:<path> or postgres:/)
      return true
    })
  }
})

/** A store and the handle it works on, so that a test can make the database full. */
async function openWithHandle(path: string) {
  let handle: DatabaseSync | undefined
  const dialect = sqliteDialect(path)
  const createDriver = () => new SqliteDriver(() => (handle = openDatabase(path)))
  const store = await openSqlStore({ ...dialect, kysely: { ...dialect.kysely, createDriver } }, silentLogger)
  return {
    store,
    database: () => {
      assert.ok(handle)
      return handle
    },
  }
}

function unavailable(words: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(isQaackError(error, 'store_unavailable'), String(error))
    assert.match(error.message, words)
    return true
  }
}
