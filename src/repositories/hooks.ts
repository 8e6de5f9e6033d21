import { addressOf } from '../config/config.ts'
import { messageOf } from '../errors.ts'
import { note } from '../events/note.ts'
import { isHostFailure } from '../hosts/failure.ts'
import type { HostHooks } from '../hosts/host.ts'
import type { Parts } from '../parts.ts'
import { inClear } from './params-secrets.ts'
import { notToldOfPushes, toldOfPushes } from './poll-pause.ts'
import type { RepositoryRecord, RepositorySettings } from './repository.ts'
import { saveRepository } from './save.ts'

/** Milliseconds that the removal of a webhook may take: a host that does not answer keeps the service from nothing. */
const removalTime = 30_000
/** Events of a repository among which what was said last of its webhook is looked for. */
const lookedThrough = 1000

/**
 * Makes or mends the webhook by which the host of a repository tells of it, where it is of a kind that has such, and says
 * so. While there is one, the refs are looked at less often. Fails as the host does, which is said once.
 */
export async function keepHook(parts: Parts, repository: RepositoryRecord): Promise<void> {
  const place = placeOf(parts, repository)
  if (!place || parts.ending.aborted) return
  await parts.background.inTurn(turnOf(repository), async () => {
    const record = await parts.store.get('repository', repository.id)
    // Deleted meanwhile: its webhook went before, or goes after this.
    if (!record) return
    try {
      const outcome = await place.hooks.keep(inClear(parts.secretKey, record), place.url)
      if (outcome === null) return
      await savePause(parts, record, toldOfPushes)
      await sayOfKept(parts, record, outcome)
    } catch (error) {
      const lasts = isHostFailure(error, 'refused', 'gone')
      if (lasts) await savePause(parts, record, notToldOfPushes)
      await sayOnce(parts, record, failureOf(record) + messageOf(error))
      throw error
    }
  })
}

/** Beside its caller, whose work does not depend on it. What fails is tried again by the next comparison with the hosts. */
export function keepHookBeside(parts: Parts, repository: RepositoryRecord): void {
  if (!placeOf(parts, repository)) return
  parts.background.run(`webhook of ${repository.name}`, () =>
    // One after the other: a host may give us hundreds of repositories at once.
    parts.background.inTurn(`webhooks at ${repository.type}`, () =>
      keepHook(parts, repository).catch((error: unknown) => {
        if (!isHostFailure(error)) throw error
      }),
    ),
  )
}

/**
 * Takes the webhook of a repository that was deleted away, as well as it can be done in a short time. It stays while the
 * same project is here once more.
 */
export function removeHookBeside(parts: Parts, repository: RepositoryRecord): void {
  const place = placeOf(parts, repository)
  if (!place) return
  parts.background.run(`removal of the webhook of ${repository.name}`, async () => {
    try {
      if (await hasTwin(parts, repository)) return
      await inTime(parts, removal(parts, repository, place))
    } catch (error) {
      const remedy = `take ${place.url} away at its host by hand`
      const sentence = `${beginning(repository)} could not be removed: ${messageOf(error)}; ${remedy}`
      await note(parts, 'repository', sentence, { repositoryId: repository.id })
    }
  })
}

interface Place {
  hooks: HostHooks
  /** Address that the webhook calls. */
  url: string
}

/** undefined where the host is not there, or has no webhooks that a server can make. */
function placeOf({ hosts, config }: Parts, { type }: RepositoryRecord): Place | undefined {
  const { hooks, door } = hosts[type] ?? {}
  return hooks && door ? { hooks, url: addressOf(config.baseUrl) + door.path } : undefined
}

/** What keeps and what removes the same webhook wait for one another. */
function turnOf({ id }: RepositoryRecord): string {
  return `webhook ${id}`
}

/** Whether there is another record of the same project: one that its host gave us, and one that was added by hand. */
async function hasTwin({ store }: Parts, { id, type, params }: RepositoryRecord): Promise<boolean> {
  const origin = params.origin.toLowerCase()
  const isTwin = (one: RepositoryRecord) =>
    one.type === type && one.id !== id && one.params.origin.toLowerCase() === origin
  return (await store.list('repository')).some(isTwin)
}

function removal(parts: Parts, repository: RepositoryRecord, { hooks, url }: Place): Promise<void> {
  return parts.background.inTurn(turnOf(repository), () =>
    hooks.remove(inClear(parts.secretKey, repository), url),
  )
}

/** Fails when the time is over, or the service ends. */
async function inTime(parts: Parts, work: Promise<void>): Promise<void> {
  const late = new Error('its host did not answer in time')
  const deadline = parts.clock.deadline(removalTime, late, parts.ending)
  const { promise: isOver, reject } = Promise.withResolvers<never>()
  const end = () => reject(late)
  deadline.signal.addEventListener('abort', end)
  if (deadline.signal.aborted) end()
  try {
    await Promise.race([work, isOver])
  } finally {
    deadline.clear()
    deadline.signal.removeEventListener('abort', end)
  }
}

async function savePause(
  parts: Parts,
  { id, settings }: RepositoryRecord,
  edit: (settings: RepositorySettings) => RepositorySettings,
): Promise<void> {
  if (edit(settings) === settings) return
  await saveRepository(parts, id, (now) => ({ ...now, settings: edit(now.settings) }))
}

async function sayOfKept(
  parts: Parts,
  repository: RepositoryRecord,
  outcome: 'made' | 'repaired' | 'kept',
): Promise<void> {
  const sentence = `${beginning(repository)} ${outcomeTexts[outcome]}`
  if (outcome !== 'kept') return note(parts, 'repository', sentence, { repositoryId: repository.id })
  // All is as it was, unless it was said that it is not.
  if ((await lastSaid(parts, repository))?.startsWith(failureOf(repository)))
    await note(parts, 'repository', sentence, { repositoryId: repository.id })
}

const outcomeTexts = {
  made: 'was made at its host, which tells of pushes and changes from now on',
  repaired: 'was set right at its host',
  kept: 'can be kept at its host again',
}

/** What stays as it is was said before, also by a process that ended since. */
async function sayOnce(parts: Parts, repository: RepositoryRecord, sentence: string): Promise<void> {
  if ((await lastSaid(parts, repository)) === sentence) return
  await note(parts, 'repository', sentence, { repositoryId: repository.id })
}

async function lastSaid(parts: Parts, repository: RepositoryRecord): Promise<string | undefined> {
  const events = await parts.store.events({ repositoryId: repository.id, limit: lookedThrough })
  return events.findLast(({ message }) => message.startsWith(beginning(repository)))?.message
}

function beginning({ name }: RepositoryRecord): string {
  return `the webhook of ${name}`
}

function failureOf(repository: RepositoryRecord): string {
  return `${beginning(repository)} cannot be kept at its host: `
}
