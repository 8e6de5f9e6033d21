import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Change } from '../../../src/stores/store.ts'
import { insert, samples, save } from './records.ts'
import type { Stores } from './stores.ts'

export function listCases(stores: Stores): void {
  test('a list is in the order of insertion, also after saves', async () => {
    await using store = await stores.empty()
    const ids = ['c', 'a', 'b']
    for (const id of ids) await store.commit([insert('group', { id, name: id })])
    await store.commit([save('group', { ...samples.group, id: 'c', name: 'z', version: 1 })])
    assert.deepEqual(
      (await store.list('group')).map((group) => group.id),
      ids,
    )
  })

  test('a list without a filter holds all, one with a filter what equals each given field', async () => {
    await using store = await stores.empty()
    const environment = (id: string, repositoryId: string, state: 'built' | 'queued', ref: string): Change =>
      insert('environment', {
        id,
        name: id,
        repositoryId,
        state,
        ref: { type: 'branch', name: ref, hash: '' },
      })
    await store.commit([
      environment('1', 'x', 'built', 'main'),
      environment('2', 'x', 'queued', 'main'),
      environment('3', 'y', 'built', 'next'),
    ])
    const ids = async (filter?: Parameters<typeof store.list<'environment'>>[1]) =>
      (await store.list('environment', filter)).map((one) => one.id).join('')
    assert.equal(await ids(), '123')
    assert.equal(await ids({}), '123')
    assert.equal(await ids({ repositoryId: 'x' }), '12')
    assert.equal(await ids({ repositoryId: 'x', state: 'built' }), '1')
    assert.equal(await ids({ state: ['built', 'queued'] }), '123')
    assert.equal(await ids({ state: ['failed', 'queued'] }), '2')
    assert.equal(await ids({ state: [] }), '')
    assert.equal(await ids({ refType: 'branch', refName: 'next' }), '3')
    assert.equal(await ids({ refType: 'tag' }), '')
    assert.equal(await ids({ name: '2', repositoryId: undefined }), '2')
  })

  test('ids come in the order of insertion, those that match, no more than are wanted, as they were given', async () => {
    await using store = await stores.empty()
    const ids = ['c', 'a\\', 'b\0', '\ud800']
    for (const [number, id] of ids.entries())
      await store.commit([insert('build', { id, number, status: id === 'c' ? 'ended' : 'waiting' })])
    assert.deepEqual(await store.ids('build'), ids)
    assert.deepEqual(await store.ids('build', { status: 'waiting' }), ids.slice(1))
    assert.deepEqual(await store.ids('build', { status: 'waiting' }, 2), ids.slice(1, 3))
    assert.deepEqual(await store.ids('build', {}, 0), [])
    assert.deepEqual(await store.ids('build', { status: [] }, 2), [])
  })

  test('every field that may be asked for is', async () => {
    await using store = await stores.empty()
    const { group, repository, build, token, variable, delivery } = samples
    await store.commit([
      insert('group'),
      insert('repository'),
      insert('build'),
      insert('token'),
      insert('variable'),
      insert('delivery'),
    ])
    const counts = async (wanted: string) => [
      (await store.list('group', { name: group.name + wanted })).length,
      (await store.list('repository', { groupId: repository.groupId + wanted, name: repository.name }))
        .length,
      (await store.list('build', { environmentId: build.environmentId + wanted, number: 1 })).length,
      (await store.list('build', { repositoryId: build.repositoryId + wanted, status: ['waiting'] })).length,
      (await store.list('token', { hash: token.hash + wanted, name: token.name })).length,
      (await store.list('variable', { ownerId: variable.owner.id, name: variable.name + wanted })).length,
      (await store.list('delivery', { host: delivery.host, deliveryId: delivery.deliveryId + wanted }))
        .length,
    ]
    assert.deepEqual(await counts(''), [1, 1, 1, 1, 1, 1, 1])
    assert.deepEqual(await counts('?'), [0, 0, 0, 0, 0, 0, 0])
    assert.equal((await store.list('build', { number: 2 })).length, 0)
    assert.equal((await store.list('delivery', { status: 'done' })).length, 0)
  })

  test('a filter follows what was saved', async () => {
    await using store = await stores.empty()
    await store.commit([insert('build')])
    await store.commit([save('build', { ...samples.build, version: 1, status: 'running' })])
    assert.equal((await store.list('build', { status: 'waiting' })).length, 0)
    assert.equal((await store.list('build', { status: 'running' })).length, 1)
  })
}
