import assert from 'node:assert/strict'
import test from 'node:test'
import {
  decideClaim,
  decideFailure,
  decideHandBack,
  decideServicesUp,
  decideSuccess,
  maxLapses,
  type Running,
} from '../../../src/environments/outcome.ts'
import { now, situation } from './situations.ts'

const running = (...from: Parameters<typeof situation>): Running => situation(...from) as Running
const lease = { owner: 'me', until: now + 1 }

test('claiming the build stage is the slot that the environment waited for', () => {
  const decision = decideClaim(running('queued'), lease)
  assert.equal(decision.environment.state, 'building')
  assert.deepEqual(decision.save?.lease, lease)
  assert.equal(decision.save?.startedAt, now)
})

test('claiming the create stage leaves the environment creating', () => {
  assert.equal(
    decideClaim(running('creating', { build: { status: 'waiting', lease: null } }), lease).environment.state,
    'creating',
  )
})

test('services that are up wait for a slot if a build is wanted, and are done if not', () => {
  const wanted = decideServicesUp(running('creating'), { services: [], aliases: {} })
  assert.equal(wanted.environment.state, 'queued')
  assert.equal(wanted.save?.stage, 'build')
  assert.equal(wanted.save?.lease, null)
  const not = decideServicesUp(running('creating', { build: { wantsBuild: false } }), {
    services: [],
    aliases: {},
  })
  assert.equal(not.environment.state, 'created')
  assert.equal(not.save?.outcome, 'created')
})

test('a success says how long it took from the slot on', () => {
  const decision = decideSuccess(running('building'), [], [])
  assert.equal(decision.environment.state, 'built')
  assert.equal(decision.environment.buildDuration, 300)
  assert.deepEqual(decision.environment.serving, { hash: 'a'.repeat(40), stale: false })
})

test('a build that ends well is stale where the ref moved to a commit that is not to be built', () => {
  const hash = 'a'.repeat(40)
  const ref = { type: 'change', name: '12', hash: 'b'.repeat(40) } as const
  const s = running('building', { environment: { ref }, build: { hash } })
  assert.deepEqual(decideSuccess(s, [], []).environment.serving, { hash, stale: true })
})

test('a commit that waited for the end is built next, after a success and after a failure', () => {
  const next = 'c'.repeat(40)
  for (const end of [
    decideSuccess(running('building', { environment: { next } }), [], []),
    decideFailure(running('building', { environment: { next } }), 'broken', { ours: false }),
  ]) {
    assert.equal(end.environment.state, 'creating')
    assert.equal(end.insert?.hash, next)
    assert.equal(end.save?.status, 'ended')
    assert.equal(end.environment.next, null)
  }
})

test('a failure keeps its whole reason on the environment and its first line in the event', () => {
  const decision = decideFailure(running('building'), 'step web.test failed\nlast line', { ours: false })
  assert.equal(decision.environment.state, 'failed')
  assert.equal(decision.environment.reason, 'step web.test failed\nlast line')
  assert.equal(decision.event?.message, 'build 4 failed: step web.test failed')
  assert.equal(decision.save?.outcome, 'failed')
})

test('a failure of ours is told apart', () => {
  const decision = decideFailure(running('creating'), 'engine gone', { ours: true })
  assert.equal(decision.save?.outcome, 'lost')
  assert.equal(decision.event?.kind, 'fault')
})

test('a lost build begins again with new services, and its third loss is our failure', () => {
  const first = decideHandBack(running('building'), 'worker lost', true)
  assert.equal(first.environment.state, 'creating')
  assert.equal(first.save?.status, 'waiting')
  assert.equal(first.save?.stage, 'create')
  assert.equal(first.save?.lapses, 1)
  assert.equal(first.save?.generation, first.environment.generation)
  assert.equal(first.insert, undefined)
  const last = decideHandBack(running('building', { build: { lapses: maxLapses - 1 } }), 'worker lost', true)
  assert.equal(last.environment.state, 'failed')
  assert.match(last.environment.reason, /not the fault of the code/)
})

test('handing back at a shutdown does not count as a loss', () => {
  assert.equal(
    decideHandBack(running('creating', { build: { lapses: 2 } }), 'stopping', false).save?.lapses,
    2,
  )
})
