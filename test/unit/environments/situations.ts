import type { BuildRecord } from '../../../src/builds/build.ts'
import type { Situation } from '../../../src/environments/decision.ts'
import type { EnvironmentRecord, ServiceRecord, State } from '../../../src/environments/environment.ts'
import { emptyEnvironment } from '../../../src/environments/lifecycle.ts'

export const now = 1_800_000_000_000

export function serviceRecord(name: string, facts: Partial<ServiceRecord> = {}): ServiceRecord {
  return {
    id: `${name}-id`,
    name,
    default: name === 'web',
    image: name,
    port: 1,
    aliases: [],
    generation: 3,
    locked: false,
    state: 'ready',
    containerId: `${name}-of-${facts.generation ?? 3}`,
    target: { host: name, port: 1 },
    ...facts,
  }
}

/** What was built answers: `web` and `db`, made as generation 3 of commit a. */
export const answered = {
  serving: { hash: 'a'.repeat(40), stale: false },
  services: [serviceRecord('web'), serviceRecord('db')],
  aliases: { shop: 'web' },
  builtAt: now - 400,
}

/** The same, with generation 4 being made beside it. */
export const beside = {
  generation: 4,
  serving: { hash: 'a'.repeat(40), stale: true },
  services: [],
  aliases: {},
  subnet: null,
  networkGeneration: null,
  standing: {
    hash: 'a'.repeat(40),
    services: answered.services,
    aliases: answered.aliases,
    subnet: '10.213.0.0/27',
    networkGeneration: 3,
    builtAt: now - 400,
    createdFrom: 'a'.repeat(40),
  },
} satisfies Partial<EnvironmentRecord>

/** An environment in a state, with what goes with it: a generation, a life, and an open build where the state has one. */
export function situation(
  state: State,
  more: {
    environment?: Partial<EnvironmentRecord>
    build?: Partial<BuildRecord>
    mode?: Situation['mode']
  } = {},
): Situation {
  const empty = emptyEnvironment(
    'repository1',
    { type: 'branch', name: 'main', hash: 'a'.repeat(40) },
    'main--shop',
    now - 1000,
  )
  const alive =
    state === 'empty'
      ? {}
      : {
          createdFrom: 'a'.repeat(40),
          state,
          generation: 3,
          createdAt: now - 500,
          subnet: '10.213.0.0/27',
          networkGeneration: 3,
        }
  const environment = { ...empty, builds: 4, version: 7, ...alive, ...more.environment }
  const open = ['creating', 'queued', 'building', 'softrebuilding'].includes(state)
  return {
    environment,
    build: open ? buildOf(environment, state, more.build) : null,
    now,
    newId: 'newbuild22',
    mode: more.mode ?? 'beside',
  }
}

function buildOf(environment: EnvironmentRecord, state: State, more: Partial<BuildRecord> = {}): BuildRecord {
  return {
    id: 'build22222',
    version: 2,
    environmentId: environment.id,
    repositoryId: environment.repositoryId,
    number: 4,
    source: null,
    hash: environment.ref.hash,
    generation: environment.generation,
    stage: state === 'creating' ? 'create' : 'build',
    status: state === 'queued' ? 'waiting' : 'running',
    wantsBuild: true,
    start: 'reuse',
    reusableId: null,
    outcome: null,
    reason: '',
    requestedAt: now - 400,
    waitingSince: now - 400,
    startedAt: state === 'building' ? now - 300 : null,
    endedAt: null,
    lease: state === 'queued' ? null : { owner: 'worker', until: now + 30_000 },
    lapses: 0,
    steps: [],
    faults: [],
    ...more,
  }
}
