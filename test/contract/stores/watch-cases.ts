import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Committed } from '../../../src/stores/store.ts'
import { event, insert } from './records.ts'
import type { Stores } from './stores.ts'

export function watchCases(stores: Stores): void {
  test('a watcher is told of each change once it is committed, until it ends', async () => {
    await using store = await stores.empty()
    const told: Committed[] = []
    const end = store.watch((committed) => told.push(committed))
    await store.commit([insert('group'), event('made')])
    await store.commit([{ remove: 'group', id: 'group', version: 1 }])
    await store.appendLog('log', 'text')
    const [made] = await store.events({})
    assert.deepEqual(told, [
      { kind: 'group', id: 'group', removed: false },
      { kind: 'event', id: String(made?.seq) },
      { kind: 'group', id: 'group', removed: true },
      { kind: 'log', id: 'log' },
    ])
    end()
    end()
    await store.commit([insert('group')])
    assert.equal(told.length, 4)
  })

  test('what a watcher is told of can be read', async () => {
    await using store = await stores.empty()
    const reads: Promise<unknown>[] = []
    store.watch(({ id }) => reads.push(store.get('group', id)))
    await store.commit([insert('group')])
    assert.equal(reads.length, 1)
    assert.notEqual(await reads[0], undefined)
  })

  test('a watcher is not told of a commit that was refused', async () => {
    await using store = await stores.empty()
    await store.commit([insert('group')])
    const told: Committed[] = []
    store.watch((committed) => told.push(committed))
    await assert.rejects(store.commit([event('lost'), insert('token'), insert('group', { id: 'second' })]))
    assert.deepEqual(told, [])
  })

  test('a watcher that throws spoils neither the commit nor the other watchers', async () => {
    await using store = await stores.empty()
    let told = 0
    store.watch(() => {
      throw new Error('a fault in a watcher')
    })
    store.watch(() => told++)
    await store.commit([insert('group')])
    assert.equal(told, 1)
    assert.equal((await store.list('group')).length, 1)
  })
}
