import type { BuildRecord } from '../../../src/builds/build.ts'
import type { Situation } from '../../../src/environments/decide.ts'
import type { EnvironmentRecord, State } from '../../../src/environments/environment.ts'
import { emptyEnvironment } from '../../../src/environments/lifecycle.ts'

export const now = 1_800_000_000_000

/** An environment in a state, with what goes with it: a generation, a life, and an open build where the state has one. */
export function situation(
  state: State,
  more: { environment?: Partial<EnvironmentRecord>; build?: Partial<BuildRecord> } = {},
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
      : { createdFrom: 'a'.repeat(40), state, generation: 3, createdAt: now - 500, subnet: '10.213.0.0/27' }
  const environment = { ...empty, builds: 4, version: 7, ...alive, ...more.environment }
  const open = state === 'creating' || state === 'queued' || state === 'building'
  return {
    environment,
    build: open ? buildOf(environment, state, more.build) : null,

    now,
    newId: 'newbuild22',
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
    status: state === 'building' || state === 'creating' ? 'running' : 'waiting',
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
