import assert from 'node:assert/strict'
import test from 'node:test'
import { answering, keptRunning } from '../../../src/environments/answering.ts'
import { decideBuild, decideCancel, decideDelete, decideReset } from '../../../src/environments/decide.ts'
import { decideCommit, decideRebuild } from '../../../src/environments/decide-commit.ts'
import { decideLock } from '../../../src/environments/decide-lock.ts'
import { decideWanted } from '../../../src/environments/decide-wanted.ts'
import type { Decision, Situation } from '../../../src/environments/decision.ts'
import type { EnvironmentRecord, ServiceRecord } from '../../../src/environments/environment.ts'
import {
  decideClaim,
  decideFailure,
  decideGiveWay,
  decideHandBack,
  decideServicesUp,
  decideSuccess,
  type Running,
} from '../../../src/environments/outcome.ts'
import { owns } from '../../../src/environments/owns.ts'
import { QaackError } from '../../../src/errors.ts'
import { now, serviceRecord, situation } from './situations.ts'

/** Numbers from 0 up to a limit, the same for the same seed. */
function dice(seed: number): (sides: number) => number {
  let state = seed
  return (sides) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * sides)
  }
}

type Move = (s: Situation, roll: (sides: number) => number) => Decision | undefined

function hashOf(roll: (sides: number) => number): string {
  return String(roll(10)).repeat(40)
}

const moves: Record<string, Move> = {
  build: (s, roll) => decideBuild(s, { ttl: 0, clean: roll(2) === 0 }),
  rebuild: (s) => decideRebuild(s, { why: 'x', ttl: 0 }),
  commit: (s, roll) => decideCommit(s, hashOf(roll)),
  wanted: (s, roll) => decideWanted(s, { hash: hashOf(roll), ttl: 0, again: true }),
  cancel: (s) => decideCancel(s),
  delete: (s) => decideDelete(s, 'x'),
  reset: (s) => decideReset(s),
  lock: (s) => decideLock(s, 'db', true),
  unlock: (s) => decideLock(s, 'db', false),
}

/** What a worker does with a build, as it stands. */
function work(s: Running, roll: (sides: number) => number): Decision | undefined {
  const { environment, build } = s
  if (build.status === 'waiting') return decideClaim(s, { owner: 'w', until: now + 1 })
  const face = roll(6)
  if (face === 0) return decideHandBack(s, 'lost', roll(2) === 0)
  if (face === 1) return decideFailure(s, 'broken', { ours: false })
  if (build.stage === 'build') return decideSuccess(s, environment.services, [])
  const locked = environment.services.find((service) => service.locked)
  if (locked && (environment.standing ?? environment.serving)) return decideGiveWay(s)
  const made = (name: string) => serviceRecord(name, { generation: build.generation })
  const network = { subnet: 'x', networkGeneration: environment.networkGeneration ?? build.generation }
  const up = decideServicesUp(s, { services: [made('web'), locked ?? made('db')], aliases: {} })
  return { ...up, environment: { ...up.environment, ...network } }
}

function labelsOf({ generation, name }: ServiceRecord) {
  return { labels: { 'qaack.generation': String(generation), 'qaack.service': name } }
}

function containers({ services }: { services: ServiceRecord[] }): string {
  return services.map(({ containerId }) => containerId).join()
}

function check(before: EnvironmentRecord, after: EnvironmentRecord, move: string, mode: string): void {
  const about = `${move}: ${before.state} -> ${after.state}`
  assert.ok(after.generation >= before.generation, about)
  if (after.generation > before.generation) assert.equal(after.generation, before.generation + 1, about)
  for (const service of [...after.services, ...(after.standing?.services ?? [])])
    assert.ok(
      owns(after, labelsOf(service)),
      `${about}: ${service.name} of ${service.generation} is not owned`,
    )
  if (after.standing) assert.notEqual(after.serving, null, about)
  if (after.standing) assert.deepEqual(answering(after).services, after.standing.services, about)
  if (after.services.some(({ locked }) => locked))
    assert.equal(after.expiresAt, null, `${about}: a locked service ends the time to live`)
  const lost = before.services.filter(({ locked }) => locked).map(({ containerId }) => containerId)
  const kept = after.services.map(({ containerId }) => containerId)
  assert.deepEqual(
    lost.filter((id) => !kept.includes(id)),
    [],
    `${about}: what is locked stays`,
  )
  const fails = ['failed', 'cancelled'].includes(after.state)
  const fallenTo = fails && keptRunning(after).filter(({ locked }) => locked)
  if (fallenTo)
    for (const one of after.services.filter(({ locked }) => locked)) assert.ok(fallenTo.includes(one), about)
  // What answers goes by a success, a delete, the setting, or the stop of locked services that it needs; by nothing else.
  if (before.serving === null || mode === 'replace') return
  if (['delete', 'give way'].includes(move)) return
  assert.notEqual(after.serving, null, `${about}: nothing answers any more`)
  if (move !== 'success') assert.equal(containers(answering(after)), containers(answering(before)), about)
}

test('whatever happens in whatever order, what answers goes only for its successor, and everything is owned once', () => {
  let switches = 0
  let soft = 0
  for (let seed = 1; seed <= 400; seed += 1) {
    const roll = dice(seed)
    const mode = seed % 4 === 0 ? 'replace' : 'beside'
    let s: Situation = { ...situation('empty'), mode }
    for (let turn = 0; turn < 60; turn += 1) {
      const names = Object.keys(moves)
      const name = names[roll(names.length)] ?? 'build'
      const isWork = s.build !== null && roll(3) > 0
      let decision: Decision | undefined
      try {
        decision = isWork ? work(s as Running, roll) : moves[name]?.(s, roll)
      } catch (error) {
        if (!(error instanceof QaackError)) throw error
        continue
      }
      if (!decision) continue
      const succeeded = decision.save?.outcome === 'succeeded'
      const gaveWay = isWork && s.environment.serving !== null && decision.environment.serving === null
      const what = succeeded ? 'success' : gaveWay ? 'give way' : isWork ? 'work' : name
      check(s.environment, decision.environment, what, mode)
      switches += succeeded ? 1 : 0
      soft += decision.environment.state === 'softrebuilding' ? 1 : 0
      const open = decision.insert ?? decision.save ?? s.build
      s = { ...s, environment: decision.environment, build: open?.status === 'ended' ? null : open }
    }
  }
  assert.ok(switches > 200, `only ${switches} builds succeeded`)
  assert.ok(soft > 200, `only ${soft} were soft`)
})
