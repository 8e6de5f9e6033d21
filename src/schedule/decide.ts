import { isTrusted, type ChangeRecord } from '../changes/change.ts'
import type { EnvironmentRecord, State } from '../environments/environment.ts'
import type { RepositoryRecord, RepositorySettings, WaitingRebuild } from '../repositories/repository.ts'

type Schedule = RepositorySettings['scheduledRebuild']

const day = 24 * 60 * 60_000

/** The last time before or at `now` that it was `hour` (`hh:mm`) in UTC, in ms since 1970. Days in UTC have all the same length. */
export function lastHour(hour: string, now: number): number {
  const [hours = 0, minutes = 0] = hour.split(':').map(Number)
  const today = dayOf(now) * day + (hours * 60 + minutes) * 60_000
  return today <= now ? today : today - day
}

/**
 * The hour whose rebuilds are to be done now, or undefined where those were done. Of several that were missed it is the last
 * one. Days are compared, not times: another hour does not make it twice a day.
 */
export function dueAt(
  repository: Pick<RepositoryRecord, 'settings' | 'rebuiltAt' | 'createdAt'>,
  now: number,
): number | undefined {
  const { mode, hour } = repository.settings.scheduledRebuild
  if (mode === 'disabled') return undefined
  const at = lastHour(hour, now)
  const before = repository.rebuiltAt ?? lastHour(hour, repository.createdAt)
  return dayOf(at) > dayOf(before) ? at : undefined
}

/** `rebuiltAt` under other settings: what is switched on, or moved to another hour, begins with the next such hour. */
export function rebuiltAtUnder(
  { rebuiltAt, settings }: Pick<RepositoryRecord, 'rebuiltAt' | 'settings'>,
  next: Schedule,
  now: number,
): number | null {
  const before = settings.scheduledRebuild
  if (next.mode === 'disabled') return rebuiltAt
  if (before.mode !== 'disabled' && before.hour === next.hour) return rebuiltAt
  const last = lastHour(next.hour, now)
  // One that lies ahead was written by a clock that was wrong.
  return rebuiltAt === null || rebuiltAt > now ? last : Math.max(rebuiltAt, last)
}

export interface Chosen {
  waiting: WaitingRebuild[]
  /** Which the mode means, but which are not rebuilt all the same. */
  leftOut: { environmentId: string; why: string }[]
}

/**
 * Which environments of a repository a scheduled rebuild is for. `environments` in the order in which they came to be; `saved`
 * are the ids of those that saved a reusable. These are built from nothing, so that what they save is fresh, and before the
 * others, which may start from it.
 */
export function chooseRebuilds(
  mode: Schedule['mode'],
  environments: EnvironmentRecord[],
  saved: ReadonlySet<string>,
  changes: Pick<ChangeRecord, 'name' | 'fork'>[],
): Chosen {
  const meant = environments.filter(
    (environment) => environment.state !== 'empty' && isMeant(mode, environment, environments, saved),
  )
  const looked = meant.map((environment) => ({ environment, why: whyNot(environment, changes) }))
  const waiting = looked
    .filter(({ why }) => why === undefined)
    .map(({ environment: { id, builds } }) => ({ id, builds, clean: saved.has(id) }))
  return {
    waiting: waiting.sort((a, b) => Number(b.clean) - Number(a.clean)),
    leftOut: looked.flatMap(({ environment, why }) =>
      why === undefined ? [] : [{ environmentId: environment.id, why }],
    ),
  }
}

function isMeant(
  mode: Schedule['mode'],
  environment: EnvironmentRecord,
  environments: EnvironmentRecord[],
  saved: ReadonlySet<string>,
): boolean {
  switch (mode) {
    case 'disabled':
      return false
    case 'reusables':
      return saved.has(environment.id)
    case 'notclones':
      // The first one of a ref, as for the preview of a change; a clone has no mark of its own.
      return environments.find(({ ref }) => isSameRef(ref, environment.ref)) === environment
    case 'all':
      return true
  }
}

function whyNot(
  environment: EnvironmentRecord,
  changes: Pick<ChangeRecord, 'name' | 'fork'>[],
): string | undefined {
  const { ref, state } = environment
  const change = ref.type === 'change' ? changes.find(({ name }) => name === ref.name) : undefined
  if (ref.type === 'change' && (!change || !isTrusted(change)))
    return 'its code comes from a fork, and that is not run again without being asked for'
  return whyNotIn(state)
}

/** Why an environment in this state is not rebuilt by a schedule; undefined if it may be. */
export function whyNotIn(state: State): string | undefined {
  switch (state) {
    case 'created':
    case 'built':
    case 'failed':
      return undefined
    case 'cancelled':
      return 'somebody cancelled its last build'
    case 'empty':
      return 'it was deleted'
    case 'creating':
    case 'queued':
    case 'building':
    case 'softrebuilding':
      return 'it is being built already'
  }
}

function isSameRef(a: EnvironmentRecord['ref'], b: EnvironmentRecord['ref']): boolean {
  return a.type === b.type && a.name === b.name
}

function dayOf(time: number): number {
  return Math.floor(time / day)
}
