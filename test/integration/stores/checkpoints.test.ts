import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { silentLogger } from '../../../src/logger.ts'
import { until } from '../../../src/setup/server-process.ts'
import { openStore } from '../../../src/stores/open.ts'
import { logLimit } from '../../../src/stores/sqlite/checkpoints.ts'
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

test('a log that has grown long is copied into the database by another thread, and cut', async (t) => {
  const folder = newFolder(t)
  const store = await open(folder)
  t.after(() => store.close())
  const sizes = () => ['', '-wal'].map((end) => statSync(join(folder, `qaack.db${end}`)).size)
  for (let count = 0; count < 12; count += 1) await store.appendLog('long', megabyte)
  const before = sizes()[1] ?? 0
  assert.ok(before > 2 * logLimit, `the log has ${before} bytes`)
  // Looks come with writes, and the first write after a copy begins the log anew.
  await until(async () => {
    await store.appendLog('short', '.')
    return (sizes()[1] ?? Infinity) <= logLimit
  }, 'the log is short again')
  assert.ok((sizes()[0] ?? 0) > 12 * 1024 * 1024, 'all of it is in the database')
})

test('a store closes while a copy is under way, and what it kept is there', async (t) => {
  const folder = newFolder(t)
  const store = await open(folder)
  for (let count = 0; count < 12; count += 1) await store.appendLog('long', megabyte)
  await store.close()
  const again = await open(folder)
  t.after(() => again.close())
  assert.equal((await again.readLog('long', -1)).end, 12 * megabyte.length)
})
