import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { isQaackError } from '../../../src/errors.ts'
import type { UnwatchedStore } from '../../../src/stores/sql/unwatched.ts'
import { openOnThread } from '../../../src/stores/sqlite/store-thread.ts'
import type { GroupRecord } from '../../../src/repositories/repository.ts'
import { insert } from '../../contract/stores/records.ts'

test('a call that cannot go to the thread fails, and those beside it are done', async (t) => {
  const store = await open(t)
  const noData = insert('group', { name: (() => 'a function') as unknown as string })
  const [bad, good] = await Promise.allSettled([store.commit([noData]), store.commit([insert('group')])])
  assert.equal(bad.status, 'rejected')
  assert.match(String(bad.reason), /could not be cloned/)
  assert.equal(good.status, 'fulfilled')
  assert.equal((await store.list('group')).length, 1)
})

test('when the thread ends, whoever waits is told so, and the next call finds a new one', async (t) => {
  const store = await open(t, dying)
  const gone = (error: unknown) => isQaackError(error, 'store_unavailable') && /try again/.test(error.message)
  const waiting = [store.list('group'), store.appendLog('log', 'text')]
  for (const call of waiting) await assert.rejects(call, gone)
  assert.equal(await store.check(), 'answered')
})

test('what is refused because the thread ended is not done by the next one all the same', async (t) => {
  const folder = folderFor(t)
  const told = join(folder, 'told')
  const store = await openOnThread(told, leaving)
  await store.ids('group')
  const asked = Promise.withResolvers<PromiseSettledResult<unknown>[]>()
  setTimeout(() => {
    // The end of the thread is heard of before this goes on its way.
    const call = Promise.allSettled([store.readLog('log')])
    const until = performance.now() + 100
    while (performance.now() < until);
    asked.resolve(call)
  }, 0)
  const [end] = await asked.promise
  await store.check()
  const isDone = readFileSync(told, 'utf8').includes('readLog')
  assert.equal(end?.status, isDone ? 'fulfilled' : 'rejected')
  await store.close()
})

test('a database that cannot be opened when the thread is started anew is tried again at each call', async (t) => {
  const folder = folderFor(t)
  const [data, away] = [join(folder, 'data'), join(folder, 'away')]
  const store = await openOnThread(join(data, 'qaack.db'), mortal)
  await store.commit([insert('group')])
  renameSync(data, away)
  writeFileSync(data, '')
  const refused = { code: 'store_unavailable' }
  await assert.rejects(store.readLog('end'), refused)
  await assert.rejects(store.list('group'), refused)
  rmSync(data)
  renameSync(away, data)
  assert.equal((await store.list('group')).length, 1)
  await assert.rejects(store.readLog('end'), refused)
  renameSync(data, away)
  await store.close()
})

test('what is asked for after the end is refused, and ending twice is no harm', async (t) => {
  const store = await open(t)
  await Promise.all([store.close(), store.close()])
  const closed = (error: unknown) =>
    isQaackError(error, 'store_unavailable') && /is closed/.test(error.message)
  await assert.rejects(store.list('group'), closed)
})

test('records come back as they were, and their refusals are of the same class', async (t) => {
  const store = await open(t)
  const change = insert('group')
  await store.commit([change])
  await assert.rejects(store.commit([change]), { name: 'Conflict', kind: 'group' })
  const [read] = await store.list('group')
  assert.deepEqual(read, { ...(change as { record: GroupRecord }).record, version: 1 })
})

/** Answers one check, ends at anything else. */
const dying = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads'
    parentPort.on('message', (calls) => {
      if (calls.some(({ method }) => method !== 'check' && method !== 'close')) process.exit()
      parentPort.postMessage(calls.map(({ id }) => ({ id, value: 'answered' })))
    })`)}`,
)

/** Writes down what it is asked for and answers, but ends after it was asked for ids. */
const leaving = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { appendFileSync } from 'node:fs'
    import { parentPort, workerData } from 'node:worker_threads'
    parentPort.on('message', (calls) => {
      appendFileSync(workerData, calls.map(({ method }) => method).join(' '))
      parentPort.postMessage(calls.map(({ id }) => ({ id, value: 'answered' })))
      if (calls.some(({ method }) => method === 'ids')) process.exit()
    })`)}`,
)

/** As in service, but ends when the log `end` is read. */
const mortal = new URL(
  `data:text/javascript,${encodeURIComponent(`
    import { parentPort } from 'node:worker_threads'
    parentPort.on('message', (calls) => {
      if (calls.some(({ given }) => given[0] === 'end')) process.exit()
    })
    await import('${new URL('../../../src/stores/sqlite/store-worker.ts', import.meta.url).href}')`)}`,
)

function folderFor(t: TestContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'qaack-test-'))
  t.after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

async function open(t: TestContext, program?: URL): Promise<UnwatchedStore> {
  const folder = mkdtempSync(join(tmpdir(), 'qaack-test-'))
  const store = await openOnThread(join(folder, 'qaack.db'), program)
  t.after(async () => {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  })
  return store
}
