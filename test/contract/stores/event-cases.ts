import assert from 'node:assert/strict'
import { test } from 'node:test'
import { event } from './records.ts'
import type { Stores } from './stores.ts'

export function eventCases(stores: Stores): void {
  test('events get growing numbers in the order of writing and come back whole', async () => {
    await using store = await stores.empty()
    await store.commit([event('one', { repositoryId: 'r' }), event('two', { buildId: 'b' })])
    await store.commit([event('three')])
    const [one, two, three] = await store.events({})
    assert.ok(one && two && three)
    assert.ok(one.seq < two.seq && two.seq < three.seq)
    assert.deepEqual(one, {
      seq: one.seq,
      at: 1,
      kind: 'ref',
      repositoryId: 'r',
      environmentId: null,
      buildId: null,
      message: 'one',
    })
    assert.equal(two.buildId, 'b')
  })

  test('without since the newest come, with since the oldest after it, both in order', async () => {
    await using store = await stores.empty()
    await store.commit(Array.from({ length: 150 }, (_, index) => event(String(index))))
    const all = await store.events({ limit: 1000 })
    const messages = async (filter: Parameters<typeof store.events>[0]) =>
      (await store.events(filter)).map((one) => one.message)
    assert.equal(all.length, 150)
    assert.equal((await messages({})).length, 100)
    assert.equal((await messages({}))[0], '50')
    assert.deepEqual(await messages({ limit: 2 }), ['148', '149'])
    assert.deepEqual(await messages({ since: all[9]?.seq, limit: 2 }), ['10', '11'])
    assert.equal((await messages({ since: 0 })).length, 100)
    assert.deepEqual(await messages({ since: all[149]?.seq }), [])
  })

  test('events can be asked for by repository and by environment', async () => {
    await using store = await stores.empty()
    await store.commit([
      event('a', { repositoryId: 'r', environmentId: 'e' }),
      event('b', { repositoryId: 'r', environmentId: 'f' }),
      event('c', { repositoryId: 's' }),
    ])
    const messages = async (filter: Parameters<typeof store.events>[0]) =>
      (await store.events(filter)).map((one) => one.message).join('')
    assert.equal(await messages({ repositoryId: 'r' }), 'ab')
    assert.equal(await messages({ environmentId: 'f' }), 'b')
    assert.equal(await messages({ repositoryId: 's', environmentId: 'e' }), '')
    assert.equal(await messages({ repositoryId: 'r', since: 0, limit: 1 }), 'a')
  })

  test('who follows by since while many write at once misses none', async () => {
    await using store = await stores.empty()
    let done = false
    const writing = Promise.all(
      Array.from({ length: 60 }, (_, index) => store.commit([event(`${index}a`), event(`${index}b`)])),
    ).then(() => (done = true))
    const seen: string[] = []
    let since = 0
    for (let last = false; !last;) {
      last = done
      for (const one of await store.events({ since })) {
        assert.ok(one.seq > since)
        since = one.seq
        seen.push(one.message)
      }
      if (last && (await store.events({ since })).length > 0) last = false
    }
    await writing
    assert.equal(new Set(seen).size, 120)
    assert.equal(seen.length, 120)
  })
}
