import assert from 'node:assert/strict'
import test from 'node:test'
import { decideBuild, decideCancel, decideCreate, decideDelete } from '../../../src/environments/decide.ts'
import {
  decideCommit,
  decideIgnored,
  decideRebuild,
  patience,
} from '../../../src/environments/decide-commit.ts'
import { states, type State } from '../../../src/environments/environment.ts'
import { now, serviceRecord, situation } from './situations.ts'

const other = 'b'.repeat(40)
const open: State[] = ['creating', 'queued', 'building']

const locked = serviceRecord('db', { locked: true })

test('creating an empty environment begins a life with a time to live, a generation and a build', () => {
  const decision = decideCreate(situation('empty'), { build: true, ttl: 90 })
  assert.equal(decision.environment.state, 'creating')
  assert.equal(decision.environment.createdAt, now)
  assert.equal(decision.environment.expiresAt, now + 90 * 60_000)
  assert.equal(decision.environment.generation, 1)
  assert.equal(decision.insert?.number, 5)
  assert.equal(decision.insert?.stage, 'create')
  assert.equal(decision.insert?.wantsBuild, true)
})

test('creating what exists is a conflict that says what to do', () => {
  for (const state of states.filter((candidate) => candidate !== 'empty')) {
    assert.throws(() => decideCreate(situation(state), { build: true, ttl: 0 }), {
      code: 'conflict',
      message: /rebuild/,
    })
  }
})

test('a build is asked for in every state with one clear answer', () => {
  const answers = Object.fromEntries(
    states.map((state) => {
      try {
        const decision = decideBuild(situation(state), { ttl: 0 })
        return [state, decision ? `${decision.environment.state} ${decision.insert?.stage}` : 'on its way']
      } catch (error) {
        return [state, (error as { code: string }).code]
      }
    }),
  )
  assert.deepEqual(answers, {
    empty: 'creating create',
    creating: 'on its way',
    created: 'queued build',
    queued: 'on its way',
    building: 'conflict',
    softrebuilding: 'conflict',
    cancelled: 'creating create',
    failed: 'creating create',
    built: 'creating create',
  })
})

test('a build that is asked for while the services are created without one follows their creation', () => {
  const decision = decideBuild(situation('creating', { build: { wantsBuild: false } }), { ttl: 0 })
  assert.equal(decision?.save?.wantsBuild, true)
})

test('a rebuild keeps the life of the environment and takes the old generation away', () => {
  const s = situation('built', { environment: { ttl: 60, expiresAt: now + 5, createdAt: now - 9 } })
  const decision = decideBuild(s, { ttl: 7 })
  assert.equal(decision?.environment.expiresAt, now + 5)
  assert.equal(decision?.environment.createdAt, now - 9)
  assert.equal(decision?.tidy, true)
  assert.equal(decision?.environment.generation, 4)
  assert.deepEqual(decision?.environment.services, [])
})

test('a new commit is only remembered while the environment is empty', () => {
  const decision = decideCommit(situation('empty'), other)
  assert.equal(decision?.environment.state, 'empty')
  assert.equal(decision?.environment.ref.hash, other)
  assert.equal(decision?.insert, undefined)
  assert.match(decision?.event?.message ?? '', /not built/)
})

test('the same commit again changes nothing, in any state', () => {
  for (const state of states) assert.equal(decideCommit(situation(state), 'a'.repeat(40)), undefined)
})

test('a newer commit ends the open build as superseded and begins another', () => {
  for (const state of open) {
    const decision = decideCommit(situation(state), other)
    assert.equal(decision?.save?.outcome, 'superseded')
    assert.match(decision?.save?.reason ?? '', /superseded by bbbbbbb/)
    assert.equal(decision?.insert?.hash, other)
    assert.equal(decision?.environment.state, 'creating')
  }
})

test('after two builds in a row were cut short the running one is let finish, and the newest commit waits', () => {
  const decision = decideCommit(situation('building', { environment: { superseded: patience } }), other)
  assert.equal(decision?.environment.state, 'building')
  assert.equal(decision?.environment.next, other)
  assert.equal(decision?.save, undefined)
  assert.match(decision?.event?.message ?? '', /let finish/)
})

test('cutting builds short is counted', () => {
  assert.equal(
    decideCommit(situation('building', { environment: { superseded: 1 } }), other)?.environment.superseded,
    2,
  )
})

test('the same commit is built anew from every state, and what runs for it is cut short', () => {
  const environment = { superseded: patience, next: other }
  const answers = Object.fromEntries(
    states
      .filter((state) => state !== 'softrebuilding')
      .map((state) => {
        const decision = decideRebuild(situation(state, { environment }), { why: 'new target next', ttl: 9 })
        assert.equal(decision.environment.state, 'creating', state)
        assert.equal(decision.environment.next, null, state)
        assert.equal(decision.insert?.hash, 'a'.repeat(40), state)
        assert.equal(decision.insert.source, null, state)
        return [state, [decision.save?.outcome, decision.save?.reason, decision.tidy]]
      }),
  )
  const cut = ['superseded', 'new target next', true]
  const anew = [undefined, undefined, true]
  assert.deepEqual(answers, {
    empty: [undefined, undefined, undefined],
    creating: cut,
    created: anew,
    queued: cut,
    building: cut,
    cancelled: anew,
    failed: anew,
    built: anew,
  })
})

test('a rebuild of what was never created begins a life', () => {
  const fresh = decideRebuild(situation('empty'), { why: 'new target', ttl: 9 })
  assert.equal(fresh.environment.expiresAt, now + 9 * 60_000)
})

test('only what waits or builds can be cancelled', () => {
  for (const state of states) {
    if (state === 'queued' || state === 'building' || state === 'softrebuilding') {
      const services = [serviceRecord('web')]
      const decision = decideCancel(situation(state, { environment: { services } }))
      assert.equal(decision.environment.state, 'cancelled')
      assert.equal(decision.save?.outcome, 'cancelled')
      assert.deepEqual(decision.environment.services, services, 'containers stay')
    } else {
      assert.throws(() => decideCancel(situation(state)), { code: 'conflict', message: /no build to cancel/ })
    }
  }
})

test('a delete leads to empty from everywhere, ends the open build and takes everything away', () => {
  for (const state of states.filter((candidate) => candidate !== 'empty' && candidate !== 'softrebuilding')) {
    const decision = decideDelete(situation(state), 'asked for')
    assert.equal(decision?.environment.state, 'empty')
    assert.equal(decision?.environment.createdAt, null)
    assert.equal(decision?.environment.subnet, null)
    assert.equal(decision?.tidy, true)
    assert.equal(decision?.environment.networkGeneration, null)
    assert.equal(decision?.save?.status, open.includes(state) ? 'ended' : undefined)
  }
  assert.equal(decideDelete(situation('empty'), 'asked for'), undefined)
})

test('a locked service keeps its environment from being deleted', () => {
  assert.throws(() => decideDelete(situation('built', { environment: { services: [locked] } }), 'x'), {
    code: 'conflict',
    message: /locked services \(db\)/,
  })
})

test('a commit that a filter keeps out makes what serves stale', () => {
  const serving = { hash: 'a'.repeat(40), stale: false }
  const decision = decideIgnored(situation('built', { environment: { serving } }), other, 'branch filter')
  assert.deepEqual(decision?.environment.serving, { hash: 'a'.repeat(40), stale: true })
  assert.match(decision?.event?.message ?? '', /ignored: branch filter/)
})
