import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { test } from 'node:test'
import { isQaackError } from '../../../src/errors.ts'
import type { Stores } from './stores.ts'
import { open } from './open.ts'
import { event, insert } from './records.ts'

export function processCases(stores: Stores): void {
  const kept = stores.forgets === undefined ? {} : { skip: stores.forgets }

  test('a store that works says so', async () => {
    await using store = await stores.empty()
    await store.check()
  })

  test('a store can be closed twice, and then refuses everything', async () => {
    const store = await open(await stores.newDatabase())
    await Promise.all([store.close(), store.close()])
    await store.close()
    const closed = (error: unknown) => isQaackError(error, 'store_unavailable')
    await assert.rejects(store.check(), closed)
    await assert.rejects(store.get('group', 'group'), closed)
    await assert.rejects(store.commit([insert('group')]), closed)
    await assert.rejects(store.appendLog('log', 'text'), closed)
  })

  test('closing waits for what is being written', kept, async () => {
    const url = await stores.newDatabase()
    const store = await open(url)
    const writes = [
      store.commit([insert('group')]),
      ...Array.from({ length: 10 }, (_, index) => store.appendLog('log', String(index))),
    ]
    await store.close()
    await Promise.all(writes)
    const again = await open(url)
    assert.equal((await again.readLog('log')).text, '0123456789')
    assert.equal((await again.list('group')).length, 1)
    await again.close()
  })

  test('everything is there after a reopening, and numbers go on', kept, async () => {
    const url = await stores.newDatabase()
    const store = await open(url)
    await store.commit([insert('group'), event('first')])
    await store.appendLog('log', 'one ')
    const before = await store.list('group')
    await store.close()

    const again = await open(url)
    assert.deepEqual(await again.list('group'), before)
    await again.commit([event('second')])
    await again.appendLog('log', 'two')
    assert.equal((await again.readLog('log')).text, 'one two')
    const [first, second] = await again.events({})
    assert.ok(first && second && first.seq < second.seq)
    await again.close()
  })

  test('a process that is killed has lost nothing that it was told is committed', kept, async () => {
    const url = await stores.newDatabase()
    let first = 0
    for (let round = 0; round < 2; round++) {
      const told = await killAfter(url, first, 40 + 17 * round)
      const store = await open(url)
      const groups = (await store.list('group')).map((one) => one.id)
      const messages = (await store.events({ limit: 10_000 })).map((one) => one.message)
      const log = (await store.readLog('log')).text
      assert.deepEqual(groups.slice(first, first + told.length), told)
      assert.deepEqual(
        (await store.list('token')).map((one) => one.id),
        groups,
      )
      assert.deepEqual(messages, groups)
      for (const id of told) assert.ok(`\n${log}`.includes(`\n${id}\n`))
      first = groups.length
      await store.close()
    }
  })

  test('several processes may open a new database at once and write to it', kept, async () => {
    const url = await stores.newDatabase()
    const told = await Promise.all([0, 1000, 2000].map((first) => killAfter(url, first, 20)))
    const store = await open(url)
    const groups = new Set((await store.list('group')).map((one) => one.id))
    for (const id of told.flat()) assert.ok(groups.has(id))
    const log = (await store.readLog('log')).text.split('\n')
    for (const id of told.flat()) assert.ok(log.includes(id))
    await store.close()
  })
}

/** Lets a process commit, kills it once it has told `count` commits, and returns all it told. */
async function killAfter(databaseUrl: string, first: number, count: number): Promise<string[]> {
  const script = new URL('writer.ts', import.meta.url).pathname
  const child = spawn(process.execPath, [script, databaseUrl, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const gone = once(child, 'exit')
  const told: string[] = []
  for await (const line of createInterface({ input: child.stdout })) {
    told.push(line)
    if (told.length === count) child.kill('SIGKILL')
  }
  const [, signal] = (await gone) as [number | null, string | null]
  assert.equal(signal, 'SIGKILL')
  return told
}
