import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Conflict } from '../../../src/stores/store.ts'
import type { Change, Kind, Records, Store } from '../../../src/stores/store.ts'
import { event, insert, kinds, samples, save } from './records.ts'
import type { Stores } from './stores.ts'

export function commitCases(stores: Stores): void {
  for (const kind of kinds) {
    test(`a ${kind} comes back as it was given, as version 1`, async () => {
      await using store = await stores.empty()
      await store.commit([insert(kind)])
      assert.deepEqual(await store.get(kind, samples[kind].id), { ...samples[kind], version: 1 })
    })
  }

  test('what is not there is undefined', async () => {
    await using store = await stores.empty()
    assert.equal(await store.get('group', 'none'), undefined)
  })

  test('each save makes the version grow by one, whatever else the record says', async () => {
    await using store = await stores.empty()
    await store.commit([insert('group', { version: 99 })])
    const first = await read(store, 'group')
    await store.commit([save('group', { ...first, createdAt: 2 })])
    await store.commit([save('group', { ...first, version: 2, createdAt: 3 })])
    assert.deepEqual(await read(store, 'group'), { ...first, version: 3, createdAt: 3 })
  })

  test('a save of what was changed meanwhile is a conflict and changes nothing', async () => {
    await using store = await stores.empty()
    await store.commit([insert('environment')])
    const read1 = await read(store, 'environment')
    await store.commit([save('environment', { ...read1, state: 'creating' })])
    await assert.rejects(
      store.commit([save('environment', { ...read1, state: 'failed' })]),
      isConflict('environment'),
    )
    assert.equal((await read(store, 'environment')).state, 'creating')
  })

  test('a save or a removal of what was removed is a conflict', async () => {
    await using store = await stores.empty()
    await store.commit([insert('group')])
    const group = await read(store, 'group')
    const removal: Change = { remove: 'group', id: group.id, version: group.version }
    await store.commit([removal])
    assert.equal(await store.get('group', group.id), undefined)
    await assert.rejects(store.commit([removal]), isConflict('group'))
    await assert.rejects(store.commit([save('group', group)]), isConflict('group'))
  })

  test('a removal that names an old version is a conflict', async () => {
    await using store = await stores.empty()
    await store.commit([insert('group')])
    await store.commit([save('group', await read(store, 'group'))])
    await assert.rejects(store.commit([{ remove: 'group', id: 'group', version: 1 }]), isConflict('group'))
    assert.equal((await read(store, 'group')).version, 2)
  })

  const same: { [K in Kind]: Partial<Records[K]>[] } = {
    group: [{}],
    repository: [{}],
    environment: [{ ref: { type: 'tag', name: 'v1', hash: '' } }],
    build: [{ hash: 'other' }],
    token: [{ hash: 'other' }, { name: 'other' }],
    variable: [{ value: 'other' }],
    delivery: [{ reason: 'other' }],
    change: [{ title: 'other' }],
    // its id is the change's, and that alone is unique
    report: [],
    reusable: [],
  }
  for (const kind of kinds) {
    for (const facts of same[kind]) {
      test(`a second ${kind} with the same unique value (${JSON.stringify(facts)}) is a conflict`, async () => {
        await using store = await stores.empty()
        await store.commit([insert(kind)])
        const second = insert(kind, { id: 'second', ...facts })
        await assert.rejects(store.commit([second]), isConflict(kind))
        assert.equal((await store.list(kind)).length, 1)
      })
    }
  }

  test('a second record with the same id is a conflict', async () => {
    await using store = await stores.empty()
    await store.commit([insert('group')])
    await assert.rejects(store.commit([insert('group', { name: 'other' })]), isConflict('group'))
  })

  test('a rename to a name that exists is a conflict', async () => {
    await using store = await stores.empty()
    await store.commit([insert('group'), insert('group', { id: 'second', name: 'second' })])
    const second = await store.get('group', 'second')
    assert.ok(second)
    await assert.rejects(store.commit([save('group', { ...second, name: 'default' })]), isConflict('group'))
  })

  test('what is unique is so only within its owner, and many may have no name', async () => {
    await using store = await stores.empty()
    await store.commit([
      insert('repository'),
      insert('repository', { id: 'second', groupId: 'other' }),
      insert('build'),
      insert('build', { id: 'second', environmentId: 'other' }),
      insert('variable'),
      insert('variable', { id: 'second', owner: { kind: 'repository', id: 'other' } }),
      insert('delivery'),
      insert('delivery', { id: 'second', host: 'gitlab' }),
      insert('environment', { name: null }),
      insert('environment', { id: 'second', name: null }),
    ])
    assert.equal((await store.list('environment')).length, 2)
  })

  test('a name is free again once its owner is removed, also in the same commit', async () => {
    await using store = await stores.empty()
    await store.commit([insert('environment')])
    await store.commit([
      { remove: 'environment', id: 'environment', version: 1 },
      insert('environment', { id: 'second' }),
    ])
    assert.equal((await store.list('environment', { name: 'main--shop' }))[0]?.id, 'second')
  })

  test('of a refused commit nothing is kept, neither before nor after the change that was refused', async () => {
    await using store = await stores.empty()
    await store.commit([insert('group'), insert('token')])
    const refused: Change[] = [
      event('before'),
      insert('repository'),
      save('token', { ...samples.token, version: 1, readOnly: true }),
      { remove: 'group', id: 'group', version: 1 },
      insert('token', { id: 'second' }),
      insert('variable'),
      event('after'),
    ]
    await assert.rejects(store.commit(refused), isConflict('token'))
    assert.deepEqual(await store.list('repository'), [])
    assert.deepEqual(await store.list('variable'), [])
    assert.deepEqual(await store.events({}), [])
    assert.deepEqual(await read(store, 'group'), { ...samples.group, version: 1 })
    assert.deepEqual(await read(store, 'token'), { ...samples.token, version: 1 })
  })

  test('of many saves of one version at once exactly one is done', async () => {
    await using store = await stores.empty()
    await store.commit([insert('environment')])
    const read1 = await read(store, 'environment')
    const attempts = Array.from({ length: 20 }, (_, ttl) =>
      store.commit([save('environment', { ...read1, ttl })]),
    )
    const results = await Promise.allSettled(attempts)
    assert.equal(results.filter((one) => one.status === 'fulfilled').length, 1)
    for (const one of results) if (one.status === 'rejected') assert.ok(isConflict('environment')(one.reason))
    assert.equal((await read(store, 'environment')).version, 2)
  })

  test('commits that touch the same records in opposite orders end done or in conflict', async () => {
    await using store = await stores.empty()
    await store.commit([insert('group'), insert('token'), insert('variable')])
    for (let version = 1; version <= 10; version++) {
      const group = save('group', { ...samples.group, version })
      const token = save('token', { ...samples.token, version })
      const variable = save('variable', { ...samples.variable, version })
      const orders = [
        [group, token, variable],
        [variable, token, group],
        [token, variable, group],
      ]
      const results = await Promise.allSettled(
        orders.map((changes) => store.commit([...changes, event('done')])),
      )
      assert.equal(results.filter((one) => one.status === 'fulfilled').length, 1)
      for (const one of results)
        if (one.status === 'rejected') assert.ok(one.reason instanceof Conflict, String(one.reason))
    }
    assert.equal((await store.events({})).length, 10)
  })

  test('a reader sees a commit whole or not at all', async () => {
    await using store = await stores.empty()
    let done = false
    const writing = (async () => {
      for (let pair = 0; pair < 50; pair++) {
        await store.commit(
          ['a', 'b'].map((half) => insert('group', { id: `${pair}${half}`, name: `${pair}${half}` })),
        )
      }
      done = true
    })()
    while (!done) assert.equal((await store.list('group')).length % 2, 0)
    await writing
  })

  test('a commit of nothing is done', async () => {
    await using store = await stores.empty()
    await store.commit([])
  })

  test('records belong to the caller', async () => {
    await using store = await stores.empty()
    const mine = structuredClone(samples.environment)
    await store.commit([{ insert: 'environment', record: mine }])
    assert.deepEqual(mine, samples.environment)
    mine.ref.name = 'changed'
    const read1 = await read(store, 'environment')
    read1.aliases['other'] = 'changed'
    assert.deepEqual(await read(store, 'environment'), { ...samples.environment, version: 1 })
  })
}

async function read<K extends Kind>(store: Store, kind: K): Promise<Records[K]> {
  const record = await store.get(kind, samples[kind].id)
  assert.ok(record, `the ${kind} is there`)
  return record
}

function isConflict(kind: Kind): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof Conflict, String(error))
    assert.equal(error.kind, kind)
    assert.match(error.message, /\.$/)
    return true
  }
}
