import assert from 'node:assert/strict'
import test from 'node:test'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import type { Parts } from '../../../src/parts.ts'
import { updateSettings } from '../../../src/repositories/manage.ts'
import { lookAtSchedules, scheduleForever } from '../../../src/schedule/schedule.ts'
import type { Change } from '../../../src/stores/store.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { FakeEngine } from '../../fakes/engine.ts'
import { makeParts } from '../../fakes/parts.ts'
import { insertEnvironment, insertRepository } from '../api/records.ts'

const day = 86_400_000
const morning = Date.parse('2026-05-04T10:00Z')

/** A repository with previews that were built, and nobody who takes builds from the queue. */
async function setUp(names: string[], more: Partial<EnvironmentRecord> = {}) {
  const clock = new ManualClock(morning)
  const parts = await makeParts({ engine: new FakeEngine(), clock, settings: { buildSlots: '2' } })
  const { id: repositoryId } = await insertRepository(parts, { createdAt: morning })
  const environments: EnvironmentRecord[] = []
  for (const name of names)
    environments.push(
      await insertEnvironment(parts, {
        repositoryId,
        ref: { type: 'branch', name, hash: 'a'.repeat(40) },
        state: 'built',
        generation: 1,
        createdAt: morning,
        createdFrom: 'a'.repeat(40),
        ...more,
      }),
    )
  return {
    parts,
    clock,
    repositoryId,
    environments,
    schedule: (hour: string, mode: 'reusables' | 'all' = 'all') =>
      updateSettings(parts, repositoryId, { scheduledRebuild: { mode, hour } }),
    builds: () => parts.store.list('build', { repositoryId }),
    events: async () =>
      (await parts.store.events({ repositoryId })).map(({ kind, message }) => `${kind}: ${message}`),
    /** Ends every open build, as a worker would. */
    async finish(outcome: 'succeeded' | 'failed') {
      for (const build of await parts.store.list('build', { repositoryId, status: ['waiting', 'running'] })) {
        const environment = await parts.store.get('environment', build.environmentId)
        assert.ok(environment)
        const reason = outcome === 'failed' ? 'step web.install failed\nmore' : ''
        await parts.store.commit([
          { save: 'build', record: { ...build, status: 'ended', outcome, reason } },
          {
            save: 'environment',
            record: { ...environment, state: outcome === 'failed' ? 'failed' : 'built' },
          },
        ])
      }
    },
    [Symbol.asyncDispose]: () => parts[Symbol.asyncDispose](),
  }
}

test('at its hour each environment is rebuilt once, no more at a time than there are slots', async () => {
  await using place = await setUp(['a', 'b', 'c'])
  await place.schedule('14:00')
  await lookAtSchedules(place.parts)
  assert.equal((await place.builds()).length, 0)
  await place.clock.advance(4 * 3_600_000)
  await lookAtSchedules(place.parts)
  await lookAtSchedules(place.parts)
  assert.equal((await place.builds()).length, 2)
  await place.finish('succeeded')
  await lookAtSchedules(place.parts)
  assert.equal((await place.builds()).length, 3)
  await place.finish('succeeded')
  for (let look = 0; look < 3; look += 1) await lookAtSchedules(place.parts)
  assert.deepEqual(
    (await place.builds()).map(({ environmentId }) => environmentId).sort(),
    place.environments.map(({ id }) => id).sort(),
  )
  const events = await place.events()
  const title = 'schedule: scheduled rebuild of 2026-05-04 14:00 UTC'
  assert.ok(events.includes(`${title}: 3 environments to be rebuilt (all)`), events.join('\n'))
  assert.ok(events.includes(`${title}: 3 built, 0 failed`), events.join('\n'))
  assert.equal((await place.parts.store.get('repository', place.repositoryId))?.rebuilds, undefined)
  await place.clock.advance(day)
  await lookAtSchedules(place.parts)
  assert.equal((await place.builds()).length, 5)
})

test('the timer does it', async () => {
  await using place = await setUp(['a'])
  await place.schedule('14:00')
  const stop = new AbortController()
  scheduleForever(place.parts, stop.signal)
  await place.clock.advance(4 * 3_600_000 - 1)
  assert.equal((await place.builds()).length, 0)
  await place.clock.advance(60_000)
  stop.abort()
  assert.equal((await place.builds()).length, 1)
})

test('what was missed while the server was down is done once', async () => {
  await using place = await setUp(['a'])
  await place.schedule('14:00')
  await place.clock.advance(9 * day)
  for (let look = 0; look < 3; look += 1) {
    await lookAtSchedules(place.parts)
    await place.finish('succeeded')
  }
  assert.equal((await place.builds()).length, 1)
})

test('of two servers at once only one does it', async () => {
  await using place = await setUp(['a', 'b'])
  await place.schedule('14:00')
  await place.clock.advance(day)
  await Promise.all([1, 2, 3].map(() => lookAtSchedules(place.parts)))
  await lookAtSchedules(place.parts)
  assert.equal((await place.builds()).length, 2)
  const told = (await place.events()).filter((event) => /to be rebuilt/.test(event))
  assert.equal(told.length, 1)
})

/** The parts of a server that is killed at its `last`th write: that is not done any more, and neither is what follows. */
function killedAt(parts: Parts, last: number): Parts {
  let writes = 0
  const commit = (changes: Change[]): Promise<void> => {
    writes += 1
    return writes >= last ? Promise.reject(new Error('killed')) : parts.store.commit(changes)
  }
  const store = new Proxy(parts.store, {
    get: (target, key) => {
      const value: unknown = Reflect.get(target, key)
      if (key === 'commit') return commit
      return typeof value === 'function' ? (value.bind(target) as unknown) : value
    },
  })
  return { ...parts, store }
}

test('a server that is killed at any write loses no rebuild and doubles none', async () => {
  for (let last = 1; last <= 6; last += 1) {
    await using place = await setUp(['a', 'b'])
    await place.schedule('14:00')
    await place.clock.advance(day)
    await lookAtSchedules(killedAt(place.parts, last))
    for (let look = 0; look < 3; look += 1) {
      await lookAtSchedules(place.parts)
      await place.finish('succeeded')
    }
    assert.equal((await place.builds()).length, 2, `killed at write ${last}`)
  }
})

test('who saved a reusable is built from nothing, and one that is being built is left out and said', async () => {
  await using place = await setUp(['a', 'b', 'c'])
  const [a, b] = place.environments
  assert.ok(a && b)
  for (const { id } of [a, b])
    await place.parts.store.commit([
      {
        insert: 'reusable',
        record: {
          id: `saved-${id}`,
          version: 1,
          repositoryId: place.repositoryId,
          buildId: 'none',
          environmentId: id,
          ref: { type: 'branch', name: 'a' },
          purpose: 'label',
          label: 'deps',
          savePoint: { service: 'web', step: 'install' },
          trusted: true,
          made: {},
          services: [],
          status: 'ready',
          savedAt: 0,
          usedAt: 0,
        },
      },
    ])
  await place.schedule('14:00', 'reusables')
  await place.clock.advance(day)
  const { version } = (await place.parts.store.get('environment', b.id)) ?? b
  await place.parts.store.commit([{ save: 'environment', record: { ...b, version, state: 'queued' } }])
  await lookAtSchedules(place.parts)
  const builds = await place.builds()
  assert.deepEqual(
    builds.map(({ environmentId, start }) => [environmentId, start]),
    [[a.id, 'clean']],
  )
  const events = await place.events()
  assert.ok(events.some((event) => /^schedule: .*left out: it is being built already/.test(event)))
})

test('a build that fails is told as a fault, with its reason, and keeps nobody from being rebuilt', async () => {
  await using place = await setUp(['a', 'b', 'c'])
  await place.schedule('14:00')
  await place.clock.advance(day)
  await lookAtSchedules(place.parts)
  await place.finish('failed')
  await lookAtSchedules(place.parts)
  await place.finish('succeeded')
  await lookAtSchedules(place.parts)
  const [told] = (await place.events()).filter((event) => event.startsWith('fault'))
  assert.match(
    told ?? '',
    /^fault: scheduled rebuild of 2026-05-04 14:00 UTC: 1 built, 2 failed; branch [ab]: step web\.install failed; branch [ab]: step web/,
  )
})

test('one that was deleted while it waited is left out', async () => {
  await using place = await setUp(['a', 'b', 'c'])
  await place.schedule('14:00')
  await place.clock.advance(day)
  await lookAtSchedules(place.parts)
  const c = await place.parts.store.get('environment', place.environments[2]?.id ?? '')
  assert.ok(c)
  await place.parts.store.commit([{ remove: 'environment', id: c.id, version: c.version }])
  await place.finish('succeeded')
  for (let look = 0; look < 2; look += 1) await lookAtSchedules(place.parts)
  assert.equal((await place.builds()).length, 2)
  assert.ok((await place.events()).some((event) => /left out: it was deleted/.test(event)))
})

test('switched on after the hour of today, it begins tomorrow', async () => {
  await using place = await setUp(['a'])
  await place.schedule('09:00')
  await lookAtSchedules(place.parts)
  assert.equal((await place.builds()).length, 0)
  await place.clock.advance(day)
  await lookAtSchedules(place.parts)
  assert.equal((await place.builds()).length, 1)
})
