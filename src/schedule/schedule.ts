import type { BuildRecord } from '../builds/build.ts'
import { messageOf } from '../errors.ts'
import { noteOf } from '../events/note.ts'
import type { EventKind } from '../events/event.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryRecord, ScheduledRebuilds } from '../repositories/repository.ts'
import { Conflict, type Change } from '../stores/store.ts'
import { chooseRebuilds, dueAt } from './decide.ts'
import { askForRebuild } from './rebuild.ts'

/** Milliseconds between two looks at the clock. */
const tick = 10_000
/** Failures of one night that are told of by name. */
const mostSaid = 10

/**
 * Does the scheduled rebuilds of all repositories, until `signal` fires. What is to be rebuilt is written down on the
 * repository together with the day, in one write, and only then asked for, one after another: so a server that is killed in
 * between loses none, and of two servers one decides. No more are asked for than there are build slots: whoever pushes
 * meanwhile does not wait for all of them, and with `replace` only what is being rebuilt is away.
 */
export function scheduleForever(parts: Parts, signal: AbortSignal): void {
  const failed = (error: unknown) =>
    parts.logger.error({ err: error }, 'scheduled rebuilds could not be looked at')
  parts.clock.every(tick, () => lookAtSchedules(parts), signal, failed)
}

/** One look: begins what is due, and carries on with what was begun. */
export async function lookAtSchedules(parts: Parts): Promise<void> {
  for (const repository of await parts.store.list('repository')) {
    if (parts.ending.aborted) return
    try {
      const begun = await begin(parts, repository)
      if (begun.rebuilds) await carryOn(parts, begun, begun.rebuilds)
    } catch (error) {
      // Somebody changed the repository just now: the next look sees how.
      if (error instanceof Conflict) continue
      // One repository that cannot be looked at must not keep the others waiting.
      parts.logger.error({ err: error, repository: repository.id }, 'a scheduled rebuild could not be done')
    }
  }
}

async function begin(parts: Parts, repository: RepositoryRecord): Promise<RepositoryRecord> {
  const at = dueAt(repository, parts.clock.now())
  if (at === undefined) return repository
  const { id: repositoryId, rebuilds } = repository
  const environments = await parts.store.list('environment', { repositoryId })
  const reusables = await parts.store.list('reusable', { repositoryId, status: 'ready' })
  const changes = await parts.store.list('change', { repositoryId })
  const saved = new Set(
    reusables.filter((one) => one.trusted && one.purpose !== 'reset').map((one) => one.environmentId),
  )
  const { mode } = repository.settings.scheduledRebuild
  const { waiting, leftOut } = chooseRebuilds(mode, environments, saved, changes)
  const what = waiting.length === 1 ? '1 environment' : `${waiting.length} environments`
  // What was asked for the day before and still runs is told of with the rest.
  const asked = rebuilds?.asked ?? []
  const record = {
    ...repository,
    rebuiltAt: at,
    ...(waiting.length + asked.length > 0 ? { rebuilds: { at, waiting, asked } } : {}),
  }
  await parts.store.commit([
    { save: 'repository', record },
    say(parts, repository, 'schedule', `${titleOf(at)}: ${what} to be rebuilt (${mode})`),
    ...leftOut.map(({ environmentId, why }) => sayLeftOut(parts, repository, at, environmentId, why)),
  ])
  return { ...record, version: repository.version + 1 }
}

async function carryOn(
  parts: Parts,
  repository: RepositoryRecord,
  rebuilds: ScheduledRebuilds,
): Promise<void> {
  const { at, waiting, asked } = rebuilds
  const builds = await Promise.all(asked.map((id) => parts.store.get('build', id)))
  const open = builds.filter((build) => build !== undefined && build.status !== 'ended').length
  if (waiting.length === 0 && open === 0) return end(parts, repository, at, builds)
  let now = repository
  for (const wish of waiting.slice(0, Math.max(0, parts.config.build.slots - open))) {
    const answer = await askForRebuild(parts, repository, wish, titleOf(at)).catch((error: unknown) => ({
      failure: messageOf(error),
    }))
    if ('failure' in answer)
      parts.logger.error({ environment: wish.id }, `${titleOf(at)} could not be asked for: ${answer.failure}`)
    const rest = now.rebuilds ?? rebuilds
    const record = {
      ...now,
      rebuilds: {
        ...rest,
        waiting: rest.waiting.filter(({ id }) => id !== wish.id),
        asked: 'build' in answer ? [...rest.asked, answer.build] : rest.asked,
      },
    }
    await parts.store.commit([
      { save: 'repository', record },
      ...('why' in answer ? [sayLeftOut(parts, repository, at, wish.id, answer.why)] : []),
      ...('failure' in answer
        ? [say(parts, repository, 'fault', `${titleOf(at)}: not asked for: ${answer.failure}`, wish.id)]
        : []),
    ])
    now = { ...record, version: now.version + 1 }
  }
}

/** Nobody waits for what is built at night, so how it went is said once for all. */
async function end(
  parts: Parts,
  repository: RepositoryRecord,
  at: number,
  builds: (BuildRecord | undefined)[],
): Promise<void> {
  const failed = builds.filter((build) => build?.outcome === 'failed' || build?.outcome === 'lost')
  const succeeded = builds.filter((build) => build?.outcome === 'succeeded').length
  const others = builds.length - succeeded - failed.length
  const counts = [
    `${succeeded} built`,
    `${failed.length} failed`,
    ...(others > 0 ? [`${others} cut short`] : []),
  ].join(', ')
  const reasons = await Promise.all(failed.slice(0, mostSaid).map((build) => reasonOf(parts, build)))
  const more = failed.length > mostSaid ? [`and ${failed.length - mostSaid} more`] : []
  const message = [`${titleOf(at)}: ${counts}`, ...reasons, ...more].join('; ')
  const record = { ...repository }
  delete record.rebuilds
  const kind = failed.length > 0 ? 'fault' : 'schedule'
  await parts.store.commit([{ save: 'repository', record }, say(parts, repository, kind, message)])
  if (failed.length > 0) parts.logger.warn({ repository: repository.id }, message)
}

async function reasonOf(parts: Parts, build: BuildRecord | undefined): Promise<string> {
  const environment = build && (await parts.store.get('environment', build.environmentId))
  const [reason = ''] = build?.reason.split('\n') ?? []
  return environment ? `${environment.ref.type} ${environment.ref.name}: ${reason}` : reason
}

function sayLeftOut(
  parts: Parts,
  repository: RepositoryRecord,
  at: number,
  environmentId: string,
  why: string,
): Change {
  return say(parts, repository, 'schedule', `${titleOf(at)}: left out: ${why}`, environmentId)
}

function say(
  parts: Parts,
  { id: repositoryId }: RepositoryRecord,
  kind: EventKind,
  message: string,
  environmentId?: string,
): Change {
  return noteOf(parts, kind, message, {
    repositoryId,
    ...(environmentId === undefined ? {} : { environmentId }),
  })
}

/** E.g. `scheduled rebuild of 2025-01-31 03:00 UTC`. */
function titleOf(at: number): string {
  return `scheduled rebuild of ${new Date(at).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
