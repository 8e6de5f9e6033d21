import type { BuildRecord, Outcome } from '../builds/build.ts'
import { QaackError } from '../errors.ts'
import type { EventKind } from '../events/event.ts'
import { walk, type EnvironmentRecord, type Trigger } from './environment.ts'
import { expiryOf, hasLockedService } from './expiry.ts'

/** What a decision about one environment may know. `build` is its build that has not ended, if there is one. */
export interface Situation {
  environment: EnvironmentRecord
  build: BuildRecord | null
  now: number
  /** For a build that may have to be made. */
  newId: string
}

/** What shall be written, all of it or nothing, and what to do to the engine afterwards. */
export interface Decision {
  environment: EnvironmentRecord
  /** The build that was made, if one was. */
  insert?: BuildRecord
  /** The build that was there, as it is now. */
  save?: BuildRecord
  /** Left out where only a detail is written down. */
  event?: { kind: EventKind; message: string }
  /** Generations up to this one are to be taken away. */
  destroy?: number
}

/** `empty` -> `creating`. `ttl` in minutes. */
export function decideCreate(s: Situation, wish: { build: boolean; ttl: number; hash?: string }): Decision {
  if (s.environment.state !== 'empty') {
    throw new QaackError(
      'conflict',
      `environment ${s.environment.id} is ${s.environment.state} already; ask for a build to rebuild it, or delete it first`,
    )
  }
  const fresh = { ...s.environment, createdAt: s.now, ttl: wish.ttl, expiresAt: expiryOf(s.now, wish.ttl) }
  return begin(s, fresh, wish.hash ?? fresh.ref.hash, wish.build, 'creation requested')
}

/** A build of the commit that the ref points to, from whatever state. `undefined` if that is on its way already. */
export function decideBuild(s: Situation, wish: { ttl: number }): Decision | undefined {
  const { environment, build } = s
  switch (environment.state) {
    case 'empty':
      return decideCreate(s, { build: true, ttl: wish.ttl })
    case 'created':
      // Built in services of another commit's Qaackfile, it would be neither the one nor the other.
      if (environment.createdFrom !== environment.ref.hash)
        return rebuild(s, environment.ref.hash, 'the ref moved on', 'superseded')
      // A build writes into the services, and one that is lost begins again with new ones.
      mustBeUnlocked(environment)
      return enqueue(s)
    case 'creating':
      if (!build || build.wantsBuild) return undefined
      return {
        environment,
        save: { ...build, wantsBuild: true },
        event: { kind: 'build', message: 'build requested while the services are being created' },
      }
    case 'queued':
      return undefined
    case 'building':
    case 'softrebuilding':
      throw new QaackError(
        'conflict',
        `environment ${environment.id} is being built; cancel that build first`,
      )
    case 'built':
    case 'failed':
    case 'cancelled':
      return rebuild(s, environment.ref.hash, 'rebuild requested', 'cancelled')
  }
}

/** Stops what waits or runs; containers stay as they are. */
export function decideCancel(s: Situation): Decision {
  const state = walk(s.environment.state, 'cancel')
  if (!state || !s.build) {
    const hint =
      s.environment.state === 'creating'
        ? '; services that are being created cannot be stopped, but the environment can be deleted'
        : ''
    throw new QaackError(
      'conflict',
      `environment ${s.environment.id} is ${s.environment.state}: there is no build to cancel${hint}`,
    )
  }
  return {
    environment: { ...s.environment, state, reason: 'cancelled on request', next: null, superseded: 0 },
    save: ended(s.build, 'cancelled', 'cancelled on request', s.now),
    event: { kind: 'build', message: `build ${s.build.number} cancelled` },
  }
}

/** Back to `empty`, with everything on the engine to be taken away. `undefined` if it is empty already. */
export function decideDelete(s: Situation, why: string): Decision | undefined {
  const { environment } = s
  if (hasLockedService(environment)) {
    const names = environment.services.filter((service) => service.locked).map((service) => service.name)
    throw new QaackError(
      'conflict',
      `environment ${environment.id} has locked services (${names.join(', ')}); unlock them before you delete it`,
    )
  }
  if (environment.state === 'empty') return undefined
  return {
    environment: { ...cleared(environment), reason: why, ttl: 0, createdAt: null, expiresAt: null },
    ...(s.build ? { save: ended(s.build, 'cancelled', why, s.now) } : {}),
    event: { kind: 'environment', message: `deleted: ${why}` },
    destroy: environment.generation,
  }
}

/** Everything anew from `hash`: through `empty`, as documented, in one write. */
export function rebuild(s: Situation, hash: string, why: string, outcome: Outcome): Decision {
  const was = s.environment
  mustBeUnlocked(was)
  const empty = { ...cleared(was), superseded: was.superseded }
  const decision = begin({ ...s, environment: empty }, empty, hash, true, why)
  return {
    ...decision,
    ...(s.build ? { save: ended(s.build, outcome, why, s.now) } : {}),
    destroy: was.generation,
  }
}

function mustBeUnlocked(environment: EnvironmentRecord): void {
  if (hasLockedService(environment))
    throw new QaackError(
      'conflict',
      `environment ${environment.id} has locked services; unlock them before you rebuild it`,
    )
}

export function ended(build: BuildRecord, outcome: Outcome, reason: string, now: number): BuildRecord {
  return { ...build, status: 'ended', outcome, reason, endedAt: now, lease: null }
}

export function refText(environment: EnvironmentRecord): string {
  return `${environment.ref.type} ${environment.ref.name}`
}

/** The state after a trigger; a trigger that the table does not know here is our mistake. */
export function stateAfter(environment: EnvironmentRecord, trigger: Trigger): EnvironmentRecord['state'] {
  const state = walk(environment.state, trigger)
  if (!state)
    throw new QaackError(
      'conflict',
      `environment ${environment.id} is ${environment.state}: "${trigger}" is not possible now`,
    )
  return state
}

function begin(
  s: Situation,
  environment: EnvironmentRecord,
  hash: string,
  wantsBuild: boolean,
  why: string,
): Decision {
  const generation = environment.generation + 1
  const number = environment.builds + 1
  return {
    environment: {
      ...environment,
      builds: number,
      createdFrom: hash,
      state: stateAfter(environment, 'create'),
      reason: '',
      ref: { ...environment.ref, hash },
      generation,
      services: [],
      serving: null,
      next: null,
    },
    insert: waiting(s, { number, generation, hash, stage: 'create', wantsBuild }),
    event: {
      kind: 'environment',
      message: `${refText(environment)} at ${hash.slice(0, 7)}: ${why}; build ${number}`,
    },
  }
}

function enqueue(s: Situation): Decision {
  const { environment } = s
  const number = environment.builds + 1
  return {
    environment: { ...environment, builds: number, state: stateAfter(environment, 'enqueue'), reason: '' },
    insert: waiting(s, {
      number,
      generation: environment.generation,
      hash: environment.ref.hash,
      stage: 'build',
      wantsBuild: true,
    }),
    event: { kind: 'build', message: `build ${number} requested` },
  }
}

function waiting(
  s: Situation,
  facts: Pick<BuildRecord, 'number' | 'generation' | 'hash' | 'stage' | 'wantsBuild'>,
): BuildRecord {
  return {
    id: s.newId,
    version: 0,
    environmentId: s.environment.id,
    repositoryId: s.environment.repositoryId,
    ...facts,
    start: 'reuse',
    source: null,
    status: 'waiting',
    outcome: null,
    reason: '',
    requestedAt: s.now,
    // A newer commit does not go to the end of the queue for it.
    waitingSince: s.build?.status === 'waiting' ? s.build.waitingSince : s.now,
    startedAt: null,
    endedAt: null,
    lease: null,
    lapses: 0,
    steps: [],
    faults: [],
  }
}

function cleared(environment: EnvironmentRecord): EnvironmentRecord {
  return {
    ...environment,
    state: stateAfter(environment, 'clear'),
    services: [],
    aliases: {},
    subnet: null,
    serving: null,
    createdFrom: null,
    next: null,
    builtAt: null,
    superseded: 0,
  }
}
