import type { BuildRecord, Outcome } from '../builds/build.ts'
import { standingOf } from './answering.ts'
import { ended, refText, stateAfter, type Decision, type Situation } from './decision.ts'
import type { EnvironmentRecord } from './environment.ts'
import { hasLockedService } from './expiry.ts'

/** What a new build is asked to be. */
export interface Beginning {
  hash: string
  why: string
  wantsBuild?: boolean
  start?: BuildRecord['start']
  /** See BuildRecord. */
  unread?: string | undefined
}

/** The first services of an environment that is empty. */
export function beginFirst(s: Situation, fresh: EnvironmentRecord, wish: Beginning): Decision {
  return begin(s, { ...fresh, state: stateAfter(fresh, 'create') }, wish)
}

/**
 * Everything anew, in one write, from whatever state; a build that is open ends with `outcome`. Three ways:
 * - with locked services it is a soft rebuild: these stay, with their network, and all others are made anew in it;
 * - `beside`: what answers stands until the new services have proved ready, through `empty` as documented;
 * - `replace`, or where nothing answers: the old ones go first.
 * The soft one leaves what answers in place as long as nothing has to give way: see decideGiveWay.
 */
export function rebuild(s: Situation, wish: Beginning & { outcome: Outcome }): Decision {
  const was = s.environment
  const standing = s.mode === 'beside' ? standingOf(was) : null
  const serving = standing && { hash: standing.hash, stale: true }
  const stands = { standing, serving, superseded: was.superseded }
  const fresh = hasLockedService(was) ? softened(was) : emptied(was)
  return {
    ...begin(s, { ...fresh, ...stands }, wish),
    ...(s.build ? { save: ended(s.build, wish.outcome, wish.why, s.now) } : {}),
    tidy: true,
  }
}

/** A build in the services that were created without one. */
export function enqueue(
  s: Situation,
  { start = 'reuse', unread }: Pick<Beginning, 'start' | 'unread'> = {},
): Decision {
  const { environment } = s
  const { generation, ref } = environment
  const number = environment.builds + 1
  return {
    environment: { ...environment, builds: number, state: stateAfter(environment, 'enqueue'), reason: '' },
    insert: waiting(s, {
      number,
      generation,
      hash: ref.hash,
      stage: 'build',
      wantsBuild: true,
      start,
      unread,
    }),
    event: { kind: 'build', message: `build ${number} requested` },
  }
}

/** With nothing of what it had. */
export function cleared(environment: EnvironmentRecord): EnvironmentRecord {
  return {
    ...environment,
    state: stateAfter(environment, 'clear'),
    services: [],
    aliases: {},
    subnet: null,
    networkGeneration: null,
    serving: null,
    standing: null,
    createdFrom: null,
    next: null,
    builtAt: null,
    superseded: 0,
  }
}

function emptied(was: EnvironmentRecord): EnvironmentRecord {
  const empty = cleared(was)
  return { ...empty, state: stateAfter(empty, 'create') }
}

function softened(was: EnvironmentRecord): EnvironmentRecord {
  const services = was.services.filter(({ locked }) => locked)
  return { ...was, state: stateAfter(was, 'soft-rebuild'), services, builtAt: null }
}

function begin(s: Situation, environment: EnvironmentRecord, wish: Beginning): Decision {
  const { hash, why, wantsBuild = true, start = 'reuse', unread } = wish
  const generation = environment.generation + 1
  const number = environment.builds + 1
  return {
    environment: {
      ...environment,
      builds: number,
      createdFrom: hash,
      reason: '',
      ref: { ...environment.ref, hash },
      generation,
      next: null,
    },
    insert: waiting(s, { number, generation, hash, stage: 'create', wantsBuild, start, unread }),
    event: {
      kind: 'environment',
      message: `${refText(environment)} at ${hash.slice(0, 7)}: ${why}; build ${number}`,
    },
  }
}

function waiting(
  s: Situation,
  {
    unread,
    ...facts
  }: Pick<BuildRecord, 'number' | 'generation' | 'hash' | 'stage' | 'wantsBuild' | 'start'> &
    Pick<Beginning, 'unread'>,
): BuildRecord {
  return {
    id: s.newId,
    version: 0,
    environmentId: s.environment.id,
    repositoryId: s.environment.repositoryId,
    ...facts,
    ...(unread === undefined ? {} : { unread }),
    source: null,
    reusableId: null,
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
