import { QaackError } from '../errors.ts'
import { fallenBack, lockedNames } from './answering.ts'
import { beginFirst, cleared, enqueue, rebuild } from './begin.ts'
import { ended, type Decision, type Situation } from './decision.ts'
import { walk } from './environment.ts'
import { expiryOf, hasLockedService } from './expiry.ts'

/** `ttl` in minutes; `clean`: see BuildRecord.start. */
interface Wish {
  ttl: number
  clean?: boolean
  unread?: string | undefined
}

/** `empty` -> `creating`. */
export function decideCreate(s: Situation, wish: Wish & { build: boolean }): Decision {
  if (s.environment.state !== 'empty') {
    throw new QaackError(
      'conflict',
      `environment ${s.environment.id} is ${s.environment.state} already; ask for a build to rebuild it, or delete it first`,
    )
  }
  const fresh = { ...s.environment, createdAt: s.now, ttl: wish.ttl, expiresAt: expiryOf(s.now, wish.ttl) }
  return beginFirst(s, fresh, {
    hash: fresh.ref.hash,
    why: 'creation requested',
    wantsBuild: wish.build,
    start: startOf(wish),
    unread: wish.unread,
  })
}

/** A build of the commit that the ref points to, from whatever state. `undefined` if that is on its way already. */
export function decideBuild(s: Situation, wish: Wish): Decision | undefined {
  const { environment, build } = s
  const { unread } = wish
  const start = startOf(wish)
  const anew = (why: string) =>
    rebuild(s, { hash: environment.ref.hash, why, outcome: 'superseded', start, unread })
  // What is on its way would start from what was saved.
  const isClean = build?.start === 'clean' || start !== 'clean'
  switch (environment.state) {
    case 'empty':
      return decideCreate(s, { build: true, ...wish })
    case 'created':
      // Built in services of another commit's Qaackfile, it would be neither the one nor the other.
      if (environment.createdFrom !== environment.ref.hash) return anew('the ref moved on')
      // The services may have been created from what was saved.
      if (start === 'clean') return anew('clean build requested')
      // A build writes into the services, and what is locked is kept as it is.
      return hasLockedService(environment) ? anew('build requested') : enqueue(s, { start, unread })
    case 'creating':
      if (!isClean) return anew('clean build requested')
      if (!build || build.wantsBuild) return undefined
      return {
        environment,
        save: { ...build, wantsBuild: true },
        event: { kind: 'build', message: 'build requested while the services are being created' },
      }
    case 'queued':
      return isClean ? undefined : anew('clean build requested')
    case 'softrebuilding':
      if (build?.stage === 'create' || build?.status === 'waiting')
        return isClean ? undefined : anew('clean build requested')
      throw isBeingBuilt(environment.id)
    case 'building':
      throw isBeingBuilt(environment.id)
    case 'built':
    case 'failed':
    case 'cancelled':
      return anew('rebuild requested')
  }
}

/** What answers is made once more from what was saved right after it was built, beside it. */
export function decideReset(s: Situation): Decision {
  const { environment, build } = s
  const { id, state, serving } = environment
  refuseLocked(s, 'reset it')
  if (build)
    throw new QaackError('conflict', `environment ${id} is ${state}; wait for the end, or cancel the build`)
  if (!serving)
    throw new QaackError(
      'conflict',
      `environment ${id} is ${state}: nothing that was built answers; build it first`,
    )
  const why = 'reset requested'
  const reset = rebuild(s, { hash: serving.hash, why, outcome: 'superseded', start: 'reset' })
  // It says nothing of what the ref points to, nor of which commit was tried last.
  const { ref, createdFrom } = environment
  return { ...reset, environment: { ...reset.environment, ref, createdFrom } }
}

/** Stops what waits or runs; containers stay as they are, but for those that were made beside what answers. */
export function decideCancel(s: Situation): Decision {
  const state = walk(s.environment.state, 'cancel')
  const isFirst = s.environment.state === 'creating' && s.environment.standing === null
  if (!state || isFirst || !s.build) {
    const hint = isFirst
      ? '; services that are being created cannot be stopped, but the environment can be deleted'
      : ''
    throw new QaackError(
      'conflict',
      `environment ${s.environment.id} is ${s.environment.state}: there is no build to cancel${hint}`,
    )
  }
  return {
    environment: {
      ...fallenBack(s.environment),
      state,
      reason: 'cancelled on request',
      next: null,
      superseded: 0,
    },
    save: ended(s.build, 'cancelled', 'cancelled on request', s.now),
    event: { kind: 'build', message: `build ${s.build.number} cancelled` },
    tidy: true,
  }
}

/** Everything away, back to `empty`. `undefined` if it is empty. `why` is kept as the reason. */
export function decideDelete(s: Situation, why: string): Decision | undefined {
  const { environment } = s
  if (environment.state === 'empty') return undefined
  refuseLocked(s, 'delete it')
  return {
    environment: { ...cleared(environment), reason: why, ttl: 0, createdAt: null, expiresAt: null },
    ...(s.build ? { save: ended(s.build, 'cancelled', why, s.now) } : {}),
    event: { kind: 'environment', message: `deleted: ${why}` },
    tidy: true,
  }
}

function refuseLocked({ environment }: Situation, what: string): void {
  if (!hasLockedService(environment)) return
  throw new QaackError(
    'conflict',
    `environment ${environment.id} has locked services (${lockedNames(environment)}); unlock them before you ${what}`,
  )
}

function startOf({ clean = false }: { clean?: boolean }) {
  return clean ? 'clean' : 'reuse'
}

function isBeingBuilt(id: string): QaackError {
  return new QaackError('conflict', `environment ${id} is being built; cancel that build first`)
}
