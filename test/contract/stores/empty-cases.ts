import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Store } from '../../../src/stores/store.ts'
import { event, insert, kinds } from './records.ts'
import type { Stores } from './stores.ts'

/** That what the other cases begin with is a new database to them, whichever test had it before. */
export function emptyCases(stores: Stores): void {
  test('a database is as new for each test, whatever the one before it did and left undone', async () => {
    const heard: string[] = []
    {
      await using store = await stores.empty()
      assert.deepEqual(await contents(store), nothing)
      await store.commit([...kinds.map((kind) => insert(kind)), event('one'), event('two')])
      await store.appendLog('log', 'text')
      store.watch(({ kind }) => heard.push(kind))
      void store.commit([event('three')])
      void store.appendLog('log', 'more')
    }
    const before = heard.length
    await using store = await stores.empty()
    assert.deepEqual(await contents(store), nothing)
    await store.commit([...kinds.map((kind) => insert(kind)), event('first')])
    await store.appendLog('log', 'x')
    assert.deepEqual(await contents(store), { records: kinds.map(() => 1), events: [1], log: 'x' })
    assert.equal(heard.length, before)
  })
}

const nothing = { records: kinds.map(() => 0), events: [], log: '' }

async function contents(store: Store) {
  const lists = await Promise.all(kinds.map((kind) => store.list(kind)))
  return {
    records: lists.map(({ length }) => length),
    events: (await store.events({})).map(({ seq }) => seq),
    log: (await store.readLog('log')).text,
  }
}
