import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test, type TestContext } from 'node:test'
import { silentLogger } from '../../../src/logger.ts'
import { until } from '../../../src/setup/server-process.ts'
import { openStore } from '../../../src/stores/open.ts'
import type { Store } from '../../../src/stores/store.ts'

const megabyte = 'x'.repeat(1024 * 1024)

function newFolder(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'qaack-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function open(dataDir: string): Promise<Store> {
  return openStore({ databaseUrl: 'sqlite:qaack.db', dataDir, logger: silentLogger })
}

test('a log that has grown long is copied into the database by another thread', async (t) => {
  const folder = newFolder(t)
  const store = await open(folder)
  t.after(() => store.close())
  const size = () => statSync(join(folder, 'qaack.db')).size
  for (let count = 0; count < 24; count += 1) await store.appendLog('long', megabyte)
  // The main thread's own copying begins at a length that is not reached here.
  await until(async () => {
    await store.appendLog('short', '.')
    return size() > 24 * megabyte.length
  }, 'all of it is in the database')
})

test('while somebody writes without a pause, the log is begun anew before it gets too long', async (t) => {
  const folder = newFolder(t)
  const store = await open(folder)
  t.after(() => store.close())
  using other = new DatabaseSync(join(folder, 'qaack.db'))
  let longest = 0
  await until(async () => {
    for (let count = 0; count < 8; count += 1) await store.appendLog('long', megabyte)
    const { log } = other.prepare('pragma wal_checkpoint(noop)').get() as { log: number }
    const isShorter = log < longest / 2
    longest = Math.max(longest, log)
    return isShorter && longest > 32_768
  }, 'a log of more than 32,768 pages is begun anew')
  assert.ok(longest < 131_072, `the log had ${longest} pages`)
})

test('a store closes while a copy is under way, and what it kept is there', async (t) => {
  const folder = newFolder(t)
  const store = await open(folder)
  for (let count = 0; count < 24; count += 1) await store.appendLog('long', megabyte)
  await store.close()
  const again = await open(folder)
  t.after(() => again.close())
  assert.equal((await again.readLog('long', -1)).end, 24 * megabyte.length)
})
