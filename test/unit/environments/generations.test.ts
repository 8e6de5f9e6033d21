import assert from 'node:assert/strict'
import test from 'node:test'
import { answering, answers, keptRunning } from '../../../src/environments/answering.ts'
import { decideBuild, decideCancel, decideDelete, decideReset } from '../../../src/environments/decide.ts'
import { decideCommit } from '../../../src/environments/decide-commit.ts'
import { decideGone, decideMoved } from '../../../src/environments/decide-service.ts'
import type { Situation } from '../../../src/environments/decision.ts'
import { states, type EnvironmentRecord, type State } from '../../../src/environments/environment.ts'
import {
  decideFailure,
  decideGiveWay,
  decideHandBack,
  decideServicesUp,
  decideSuccess,
  type Running,
} from '../../../src/environments/outcome.ts'
import { labelsFor } from '../../../src/engines/labels.ts'
import { drainLeft, drainTime, leavingAfter, owns, untilFreed } from '../../../src/environments/owns.ts'
import { answered, beside, now, serviceRecord, situation } from './situations.ts'

const [old, other] = ['a'.repeat(40), 'b'.repeat(40)]
const underWay: State[] = ['creating', 'queued', 'building']
const running = (s: Situation) => s as Running
const locked = { ...answered, services: [serviceRecord('web'), serviceRecord('db', { locked: true })] }
const names = (s: { services: { name: string }[] }) => s.services.map(({ name }) => name)

test('a rebuild beside what answers keeps it whole, and stale, and begins with nothing of it', () => {
  const next = decideCommit(situation('built', { environment: answered }), other)?.environment
  assert.deepEqual(next?.standing, { ...beside.standing })
  assert.deepEqual(next.serving, { hash: old, stale: true })
  assert.deepEqual(
    [next.state, next.services, next.aliases, next.subnet, next.networkGeneration, next.generation],
    ['creating', [], {}, null, null, 4],
  )
  assert.deepEqual(names(answering(next)), ['web', 'db'])
})

test('with the setting replace what answered goes first, also what stands in mid-rebuild', () => {
  const s = situation('built', { environment: answered, mode: 'replace' })
  for (const from of [s, situation('building', { environment: beside, mode: 'replace' })]) {
    const next = decideCommit(from, other)?.environment
    assert.deepEqual([next?.standing, next?.serving], [null, null])
  }
})

test('a newer commit and a lost worker in mid-rebuild keep the same standing', () => {
  for (const state of underWay) {
    const s = situation(state, { environment: beside })
    for (const decision of [decideCommit(s, other), decideHandBack(running(s), 'lost', true)]) {
      assert.deepEqual(decision?.environment.standing, beside.standing, state)
      assert.deepEqual(decision.environment.serving, beside.serving, state)
      assert.equal(decision.environment.generation, 5)
      assert.equal(decision.tidy, true)
    }
  }
})

test('a success switches in one write, and leaves the old ones to be taken away', () => {
  const services = [serviceRecord('web', { generation: 4 })]
  const s = situation('building', { environment: { ...beside, services }, build: { hash: other } })
  const { environment, tidy } = decideSuccess(running(s), services, [])
  assert.deepEqual([environment.standing, environment.services, tidy], [null, services, true])
  assert.equal(environment.serving?.hash, other)
})

test('what fails or is cancelled beside what answers leaves that as it was, stale', () => {
  for (const state of underWay) {
    const s = situation(state, { environment: { ...beside, createdFrom: other } })
    for (const { environment, tidy } of [
      decideFailure(running(s), 'broken', { ours: false }),
      decideCancel(s),
    ]) {
      const { services, aliases, subnet, networkGeneration, builtAt } = beside.standing
      const stood = { services, aliases, subnet, networkGeneration, builtAt }
      assert.deepEqual({ ...environment, ...stood }, environment)
      assert.deepEqual([environment.standing, environment.serving], [null, { hash: old, stale: true }])
      assert.equal(environment.createdFrom, other, 'of which a new one is not begun by itself')
      assert.equal(tidy, true)
    }
  }
})

test('locked services make it a soft rebuild from every state that is settled, and from itself', () => {
  for (const state of states) {
    const s = situation(state, { environment: state === 'empty' ? {} : locked })
    if (['empty', 'creating', 'queued', 'building'].includes(state)) continue
    const next = decideCommit(s, other)?.environment
    assert.equal(next?.state, 'softrebuilding', state)
    assert.deepEqual(names(next), ['db'])
    assert.deepEqual([next.subnet, next.networkGeneration], ['10.213.0.0/27', 3])
    assert.deepEqual(next.serving, { hash: old, stale: true })
    assert.throws(() => decideDelete(s, 'x'), { code: 'conflict', message: /locked services \(db\)/ })
  }
})

test('a soft rebuild goes through the queue in one state, and gives way only when it has to', () => {
  const soft = decideBuild(situation('built', { environment: locked }), { ttl: 0 })?.environment
  const s = running(situation('softrebuilding', { ...(soft ? { environment: soft } : {}) }))
  const up = decideServicesUp(s, { services: answered.services, aliases: {} })
  assert.equal(up.environment.state, 'softrebuilding')
  const given = decideGiveWay(s)?.environment
  assert.deepEqual([given?.standing, given?.serving, given && names(given)], [null, null, ['db']])
  assert.equal(
    decideGiveWay({ ...s, environment: { ...s.environment, standing: null, serving: null } }),
    undefined,
  )
})

test('a soft rebuild that ends badly keeps the locked services: all that answered before they were stopped, or these alone', () => {
  const soft = decideBuild(situation('built', { environment: locked }), { ttl: 0 })?.environment
  const before = running(situation('softrebuilding', soft ? { environment: soft } : {}))
  const after = { ...before, environment: decideGiveWay(before)?.environment ?? before.environment }
  for (const [s, kept] of [
    [before, ['web', 'db']],
    [after, ['db']],
  ] as const) {
    for (const { environment } of [decideFailure(s, 'broken', { ours: false }), decideCancel(s)])
      assert.deepEqual(names({ services: keptRunning(environment) }), kept)
    const again = decideHandBack(s, 'lost', true).environment
    assert.deepEqual([again.state, names(again)], ['softrebuilding', ['db']])
  }
})

test('a build in services that are created and of which one is locked is a soft rebuild', () => {
  const s = situation('created', { environment: { services: locked.services } })
  assert.equal(decideBuild(s, { ttl: 0 })?.environment.state, 'softrebuilding')
})

test('a clean build is told to the build, also in place of one that is not', () => {
  for (const state of ['empty', 'creating', 'queued', 'built', 'failed'] as const)
    assert.equal(decideBuild(situation(state), { ttl: 0, clean: true })?.insert?.start, 'clean', state)
  const created = decideBuild(situation('created'), { ttl: 0, clean: true })?.insert
  assert.deepEqual(
    [created?.start, created?.stage],
    ['clean', 'create'],
    'these may be made of what was saved',
  )
  const clean = situation('queued', { build: { start: 'clean' } })
  assert.equal(decideBuild(clean, { ttl: 0, clean: true }), undefined)
})

test('a reset rebuilds what answers, whatever the ref points to, and only where nothing else is under way', () => {
  const ref = { type: 'branch', name: 'main', hash: other } as const
  const s = situation('failed', { environment: { ...answered, ref, createdFrom: other } })
  const { insert, environment } = decideReset(s)
  assert.deepEqual([insert?.start, insert?.hash], ['reset', old])
  assert.deepEqual(
    [environment.ref.hash, environment.createdFrom, environment.state],
    [other, other, 'creating'],
  )
  assert.throws(() => decideReset(situation('building', { environment: beside })), {
    message: /wait for the end/,
  })
  assert.throws(() => decideReset(situation('failed')), { message: /nothing that was built answers/ })
  assert.throws(() => decideReset(situation('built', { environment: locked })), { message: /\(db\); unlock/ })
})

test('a service that is gone for good ends what answers, and nothing that is made beside it', () => {
  const [web] = answered.services
  assert.ok(web)
  for (const state of ['built', 'failed', 'cancelled'] as const) {
    const s: Situation = situation(state, { environment: answered })
    const ended: EnvironmentRecord | undefined = decideGone(s, web, 'gone')?.environment
    assert.deepEqual(
      [ended?.state, ended?.serving, ended?.reason],
      [state === 'built' ? 'failed' : state, null, 'gone'],
    )
  }
  const s = situation('building', { environment: beside })
  const silent = decideGone(s, web, 'gone')?.environment
  assert.deepEqual([silent?.state, silent?.standing, silent?.serving], ['building', null, null])
  assert.equal(answers(silent ?? s.environment), false)
  assert.equal(decideGone(s, serviceRecord('web', { generation: 4 }), 'gone'), undefined)
})

test('a service that moved is found where it is: standing, or among the newest', () => {
  const [web] = answered.services
  assert.ok(web)
  const target = { host: 'new', port: 2 }
  const moved = { target, why: 'it ended' }
  const stood = decideMoved(situation('building', { environment: beside }), web, moved)
  assert.deepEqual(stood?.environment.standing?.services[0]?.target, target)
  const own = decideMoved(situation('built', { environment: answered }), web, moved)
  assert.deepEqual(own?.environment.services[0]?.target, target)
  assert.equal(decideMoved(situation('built'), web, moved), undefined)
})

test('an environment owns what it names: by generation and service, with the networks, and what is being made', () => {
  const of = (generation: number, service = '') => ({
    labels: { 'qaack.generation': String(generation), 'qaack.service': service },
  })
  const soft = situation('built', {
    environment: {
      ...answered,
      generation: 5,
      services: [serviceRecord('web', { generation: 5 }), serviceRecord('db', { locked: true })],
    },
  }).environment
  assert.deepEqual(
    [of(5, 'web'), of(3, 'db'), of(3), of(3, 'web'), of(5, 'db'), of(5), of(4)].map((one) => owns(soft, one)),
    [true, true, true, false, false, false, false],
  )
  const making = situation('building', { environment: beside }).environment
  assert.deepEqual(
    [of(4, 'new'), of(4), of(3, 'web'), of(3), of(2, 'web'), of(5)].map((one) => owns(making, one)),
    [true, true, true, true, false, false],
  )
  const first = situation('failed').environment
  assert.deepEqual([owns(first, of(3, 'web')), owns(first, of(2, 'web'))], [true, false])
  assert.equal(owns(situation('empty').environment, of(0)), false)
})

test('what was answered by is left for a while after a switch, and not where nothing answers', () => {
  const leaving = [{ generation: 2, since: now - 4000 }]
  const { environment } = situation('built', { environment: { ...answered, leaving } })
  const of = (generation: number) => ({ labels: { 'qaack.generation': String(generation) } })
  assert.equal(drainLeft(environment, of(2), now), drainTime - 4000)
  assert.equal(drainLeft(environment, of(2), now + drainTime), 0)
  assert.equal(drainLeft(environment, of(1), now), 0, 'it never answered, or long ago')
  assert.equal(drainLeft({ ...environment, serving: null }, of(2), now), 0)
})

test('rebuilds that follow one upon the other keep none longer than it has to drain', () => {
  const first = situation('building', { environment: beside }).environment
  assert.deepEqual(leavingAfter(first, now), [{ generation: 3, since: now }])
  const second = { ...first, leaving: leavingAfter(first, now - 6000) }
  assert.deepEqual(leavingAfter({ ...second, standing: null }, now), [{ generation: 3, since: now - 6000 }])
  assert.deepEqual(leavingAfter({ ...second, standing: null }, now + 4000), [])
})

test('a network that nobody owns is told of, with when it may go; others are not', () => {
  const leaving = [{ generation: 2, since: now - 4000 }]
  const facts = { ...answered, leaving, generation: 3, networkGeneration: 3 }
  const { environment } = situation('built', { environment: facts })
  const networkOf = (generation: number, id = environment.id) => ({
    kind: 'network',
    labels: labelsFor({ instance: 'i', environment: id, generation }),
  })
  const known = new Map([[environment.id, environment]])
  const freed = (...resources: { kind: string; labels: object }[]) => untilFreed(resources, known, now)
  assert.equal(freed(), undefined)
  assert.equal(freed(networkOf(3), { kind: 'network', labels: {} }), undefined)
  assert.equal(freed(networkOf(3), networkOf(2)), drainTime - 4000)
  assert.equal(freed({ ...networkOf(2), kind: 'container' }), undefined)
  assert.equal(freed(networkOf(2), networkOf(1, 'gone')), 0)
})
