import assert from 'node:assert/strict'
import test from 'node:test'
import { decideLock } from '../../../src/environments/decide-lock.ts'
import { decideWanted } from '../../../src/environments/decide-wanted.ts'
import { states, type EnvironmentRecord, type ServiceRecord } from '../../../src/environments/environment.ts'
import { now, situation } from './situations.ts'

const here = 'a'.repeat(40)
const other = 'b'.repeat(40)
const wish = { hash: here, ttl: 30, again: false }

test('what is wanted and there, or on its way, is left alone in every state', () => {
  for (const state of states.filter((candidate) => candidate !== 'empty'))
    assert.equal(decideWanted(situation(state), wish), undefined, state)
})

test('another commit is built in every state', () => {
  for (const state of states.filter((candidate) => candidate !== 'softrebuilding')) {
    const decision = decideWanted(situation(state), { ...wish, hash: other })
    assert.equal(decision?.environment.state, 'creating', state)
    assert.equal(decision?.insert?.hash, other, state)
    assert.equal(decision?.environment.ref.hash, other, state)
  }
})

test('an empty one is created the first time, at a new commit, or when it is asked for', () => {
  const never = decideWanted(situation('empty'), wish)
  assert.equal(never?.environment.expiresAt, now + 30 * 60_000)
  assert.equal(never?.insert?.wantsBuild, true)
  const deleted = situation('empty', { environment: { generation: 2 } })
  assert.equal(decideWanted(deleted, wish), undefined)
  assert.equal(decideWanted(deleted, { ...wish, again: true })?.environment.state, 'creating')
  assert.equal(decideWanted(deleted, { ...wish, hash: other })?.insert?.hash, other)
})

test('a commit that was not to be built, and now is, is built although the ref points to it', () => {
  const ignored = { ref: { type: 'change', name: '12', hash: other }, createdFrom: here } as const
  const serving = { hash: here, stale: true }
  const decision = decideWanted(situation('built', { environment: { ...ignored, serving } }), {
    ...wish,
    hash: other,
  })
  assert.equal(decision?.insert?.hash, other)
})

test('a ref that comes back to the commit that runs only says so', () => {
  const moved: Partial<EnvironmentRecord> = {
    ref: { type: 'change', name: '12', hash: other },
    serving: { hash: here, stale: true },
  }
  const decision = decideWanted(situation('built', { environment: moved }), wish)
  assert.equal(decision?.insert, undefined)
  assert.equal(decision?.environment.state, 'built')
  assert.deepEqual(decision?.environment.serving, { hash: here, stale: false })
  assert.equal(decision?.environment.ref.hash, here)
})

test('a commit that waits for the end of the running build is on its way', () => {
  const waits = { next: other, ref: { type: 'change', name: '12', hash: other } } as const
  const s = situation('building', { environment: waits })
  assert.equal(decideWanted(s, { ...wish, hash: other }), undefined)
})

test('a service is locked and unlocked where nothing is being made, in every state with one clear answer', () => {
  const services = [serviceWith('web'), serviceWith('db')]
  for (const state of states) {
    const s = situation(state, { environment: { services, ttl: 30, expiresAt: now + 1 } })
    if (!['created', 'built', 'failed', 'cancelled'].includes(state)) {
      assert.throws(
        () => decideLock(s, 'db', true),
        { code: 'conflict', message: /nothing to lock; / },
        state,
      )
      continue
    }
    const locked = decideLock(s, 'db', true)
    assert.deepEqual(
      locked?.environment.services.map((one) => one.locked),
      [false, true],
      state,
    )
    assert.deepEqual([locked?.environment.ttl, locked?.environment.expiresAt], [0, null])
    assert.match(locked?.event?.message ?? '', /^service db locked; its time to live is off for good$/)
    assert.equal(decideLock(s, 'db', false), undefined)
    const again = { ...s, environment: locked?.environment ?? s.environment }
    assert.equal(decideLock(again, 'db', true), undefined)
    const unlocked = decideLock(again, 'db', false)
    assert.deepEqual([unlocked?.environment.ttl, unlocked?.environment.expiresAt], [0, null])
    assert.throws(() => decideLock(s, 'cache', true), { code: 'not_found', message: /it has web, db$/ })
  }
})

function serviceWith(name: string): ServiceRecord {
  const rest = {
    generation: 1,
    default: false,
    image: name,
    port: null,
    aliases: [],
    state: 'ready' as const,
    target: null,
  }
  return { id: name, name, locked: false, containerId: name, ...rest }
}
