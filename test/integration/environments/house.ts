import { setTimeout as pause } from 'node:timers/promises'
import { Worker } from '../../../src/queue/worker.ts'
import { createEnvironment } from '../../../src/environments/lifecycle.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import type { Parts } from '../../../src/parts.ts'
import { addGroup, addRepository } from '../../../src/repositories/manage.ts'
import { FakeEngine, type FakeEngineOptions } from '../../fakes/engine.ts'
import { ManualClock, settle } from '../../fakes/clock.ts'
import { Origin } from '../../fakes/origin.ts'
import { makeParts } from '../../fakes/parts.ts'

export const labels = { 'qaack.instance': 'testinstance' }

/** A repository with one branch, a worker, an engine that is none and a clock that moves when told: everything but the doors. */
export async function openHouse(
  qaackfile: string,
  given: { engine?: FakeEngineOptions; settings?: Record<string, string> } = {},
) {
  const clock = new ManualClock()
  const engine = new FakeEngine({ now: () => clock.now(), ...given.engine })
  const parts = await makeParts({ engine, clock, ...(given.settings ? { settings: given.settings } : {}) })
  const origin = new Origin()
  const first = origin.commit('main', { 'qaack/qaack.yml': qaackfile, 'README.md': 'hello' })
  const group = await addGroup(parts, 'default')
  const repository = await addRepository(parts, group.id, {
    name: 'shop',
    type: 'generic',
    params: { origin: origin.dir },
  })
  await syncRepository(parts, repository.id, 'test')
  const [{ id } = { id: '' }] = await parts.store.list('environment', { refName: 'main' })
  const worker = new Worker(parts, { owner: 'worker-1', slots: { create: 4, build: 2 } })
  const house = {
    clock,
    engine,
    parts: parts as Parts,
    origin,
    first,
    id,
    worker,
    repositoryId: repository.id,
    create: (wish: { ttl?: number; build?: boolean } = {}) => createEnvironment(parts, id, wish),
    async push(files: Record<string, string>): Promise<string> {
      const hash = origin.commit('main', files)
      await syncRepository(parts, repository.id, 'test')
      return hash
    },
    environment: async () => (await parts.store.get('environment', id)) as EnvironmentRecord,
    builds: () => parts.store.list('build', { environmentId: id }),
    /** Names on the engine of what is ours. */
    left: async () => (await engine.list(labels)).map(({ name }) => name),
    /** Lets everything go on, timers included, until the environment is in one of the states. */
    async until(...states: string[]): Promise<EnvironmentRecord> {
      return house.untilSo((environment) => states.includes(environment.state), states.join(' or '))
    },
    async untilSo(
      isSo: (environment: EnvironmentRecord) => boolean | Promise<boolean>,
      what: string,
    ): Promise<EnvironmentRecord> {
      if (await becomes(clock, async () => isSo(await house.environment()))) return house.environment()
      const { state, reason } = await house.environment()
      throw new Error(`never ${what}: ${state} ${reason}`)
    },
    async [Symbol.asyncDispose]() {
      engine.finishPulls()
      await worker.stop()
      await parts[Symbol.asyncDispose]()
      origin[Symbol.dispose]()
    },
  }
  await worker.start({ alone: true })
  return house
}

/** Milliseconds that git has at least, on a machine that has much else to do. */
const patience = 60_000

/**
 * Lets everything go on, timers included, until it is so; false if it never is. Real git runs beside the clock, and waiting
 * for it must not make leases lapse: so the clock goes about as fast as a real one.
 */
export async function becomes(clock: ManualClock, isSo: () => Promise<boolean>): Promise<boolean> {
  const end = performance.now() + patience
  for (let turn = 0; turn < 1000 || performance.now() < end; turn += 1) {
    if (await isSo()) return true
    await settle()
    if (turn % 10 === 9) await clock.advance(100)
    // a process of git tells nobody here when it has ended
    else await pause(5)
  }
  return false
}
