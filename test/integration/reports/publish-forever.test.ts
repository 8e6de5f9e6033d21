import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { publishForever } from '../../../src/reports/publish-forever.ts'
import { emptyReport } from '../../../src/reports/report.ts'
import { reportKinds } from '../../../src/reports/report.ts'
import type { Change, Store } from '../../../src/stores/store.ts'
import { settle } from '../../fakes/clock.ts'
import { change, environment } from '../../unit/reports/records.ts'
import { openPlace } from './place.ts'

type Place = Awaited<ReturnType<typeof openPlace>>

/** Milliseconds of the pauses of the publisher. */
const gathering = 500
const slowLook = 15_000

describe('what is shown on changes', () => {
  test('follows what happens, all by itself', async () => {
    await using place = await opened()
    await place.begins()
    await waiting(place, gathering)
    assert.equal(place.host.last('status')?.state, 'pending')
    await place.isReady()
    await waiting(place, gathering)
    assert.equal(place.host.last('deployment')?.state, 'success')
    await place.closes()
    await waiting(place, gathering)
    assert.equal(place.host.last('deployment')?.state, 'inactive')
    assert.deepEqual(place.host.shown.map(({ item }) => item.kind).sort(), [...reportKinds].sort())
  })

  test('gathers what happens within half a second', async () => {
    await using place = await opened()
    await place.begins()
    await place.builds()
    for (let turn = 0; turn < 20; turn += 1)
      await place.edit('environment', 'abcdefghij', { superseded: turn })
    await waiting(place, gathering - 1)
    assert.equal(place.host.calls, 0)
    await place.isReady()
    await waiting(place, 1)
    assert.equal(place.host.calls, 4)
    assert.deepEqual(
      place.host.of('status').map(({ said }) => said),
      [['success']],
    )
  })

  test('is made up for at the start', async () => {
    await using place = await openPlace()
    await place.begins()
    publishForever(place.parts, 'one', place.parts.ending)
    await waiting(place, 0)
    assert.equal(place.host.calls, 4)
  })

  test('is brought to its end at the start, for a change that was closed while nobody looked', async () => {
    await using place = await opened()
    await place.begins()
    await waiting(place, gathering)
    await place.closes()
    const other = place.another()
    publishForever(other, 'two', other.ending)
    await waiting(place, 0)
    assert.match(place.host.last('comment')?.body ?? '', /Closed/)
    assert.equal((await place.report())?.rests, true)
  })

  test('follows what another server writes', async () => {
    await using place = await openPlace()
    const deaf = { ...place.parts.store, ...bound(place.parts.store), watch: () => () => undefined }
    publishForever(place.another({ store: deaf }), 'two', place.parts.ending)
    await waiting(place, 0)
    await place.begins()
    await waiting(place, slowLook)
    assert.equal(place.host.last('status')?.state, 'pending')
    await place.closes()
    await waiting(place, slowLook)
    assert.match(place.host.last('comment')?.body ?? '', /Closed/)
  })

  test('is tried again when the host is well again', async () => {
    await using place = await opened()
    const failure = new HostFailure('unavailable', 'the host does not answer')
    place.host.fault = { from: 1, forever: true, afterWork: false, failure }
    await place.begins()
    await waiting(place, gathering)
    assert.equal(place.host.shown.length, 0)
    place.host.fault = undefined
    await waiting(place, 6_000)
    assert.equal(place.host.shown.length, 4)
  })

  test('is taken over from a server that died', async () => {
    await using place = await openPlace()
    await place.begins()
    const lease = { owner: 'dead', until: place.clock.now() + 20_000 }
    const record = { ...emptyReport(place.changeId), lease }
    await place.parts.store.commit([{ insert: 'report', record }])
    publishForever(place.parts, 'one', place.parts.ending)
    await waiting(place, 15_000)
    assert.equal(place.host.calls, 0)
    await waiting(place, 15_000)
    assert.equal(place.host.shown.length, 4)
  })

  test('of an environment that goes by itself is corrected', async () => {
    await using place = await opened()
    await place.begins()
    await place.isReady()
    await waiting(place, gathering)
    const record = await place.parts.store.get('environment', 'abcdefghij')
    await place.parts.store.commit([
      { remove: 'environment', id: 'abcdefghij', version: record?.version ?? 0 },
    ])
    await waiting(place, gathering)
    assert.equal(place.host.last('deployment')?.state, 'inactive')
  })

  test('stops with the service', async () => {
    await using place = await openPlace()
    const ending = new AbortController()
    publishForever(place.parts, 'one', ending.signal)
    await waiting(place, 0)
    await place.begins()
    ending.abort()
    await waiting(place, 2 * slowLook)
    assert.equal(place.host.calls, 0)
  })
})

describe('a thousand changes', () => {
  test('of which nothing is new are looked at in two queries', async () => {
    await using place = await openPlace()
    const changes = Array.from({ length: 1000 }, (_, index): Change[] => {
      const name = String(index + 100)
      const id = `many${name}`
      return [
        { insert: 'change', record: change({ id, name }) },
        {
          insert: 'environment',
          record: environment({
            id: `e${name}`,
            name: null,
            ref: { type: 'change', name, hash: change().hash },
          }),
        },
      ]
    })
    await place.parts.store.commit(changes.flat())
    const asked: string[] = []
    const store = counted(place.parts.store, asked)
    // Nothing is to be said, so what is counted is the looking.
    place.parts.hosts.github = undefined
    publishForever(place.another({ store }), 'one', place.parts.ending)
    await waiting(place, slowLook)
    asked.length = 0
    await waiting(place, slowLook)
    assert.deepEqual(asked, ['list change', 'list environment'])
  })
})

async function opened(): Promise<Place> {
  const place = await openPlace()
  publishForever(place.parts, 'one', place.parts.ending)
  await waiting(place, 0)
  return place
}

/** Lets the time pass, and what falls due by then come to its end. */
async function waiting(place: Place, milliseconds: number): Promise<void> {
  await place.clock.advance(milliseconds)
  for (let turn = 0; turn < 20; turn += 1) await settle()
}

/** A store whose methods can be spread into another object. */
function bound(store: Store): Store {
  return {
    get: store.get.bind(store),
    list: store.list.bind(store),
    ids: store.ids.bind(store),
    commit: store.commit.bind(store),
    events: store.events.bind(store),
    appendLog: store.appendLog.bind(store),
    readLog: store.readLog.bind(store),
    watch: store.watch.bind(store),
    check: store.check.bind(store),
    close: store.close.bind(store),
  }
}

function counted(store: Store, asked: string[]): Store {
  const plain = bound(store)
  return {
    ...plain,
    get: (kind, id) => (asked.push(`get ${kind}`), plain.get(kind, id)),
    list: (kind, filter) => (asked.push(`list ${kind}`), plain.list(kind, filter)),
  }
}
