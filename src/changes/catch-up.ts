import { messageOf } from '../errors.ts'
import { note } from '../events/note.ts'
import { isHostFailure } from '../hosts/failure.ts'
import type { GitHost } from '../hosts/host.ts'
import type { Parts } from '../parts.ts'
import { connectRepository, disconnectRepository } from '../repositories/connected.ts'
import { keepHook } from '../repositories/hooks.ts'
import type { RepositoryRecord, RepositoryType } from '../repositories/repository.ts'
import { catchUpRepository } from './catch-up-repository.ts'
import { forgetOldChanges } from './old.ts'

/** Milliseconds between two comparisons where all went well, and where something did not (doubled each time). */
const hour = 3_600_000
const soon = 60_000
/** How often it is looked whether one is due. */
const tick = 5_000
/** How far back hosts are asked for what did not arrive: they keep it no longer. */
const recoverable = 3 * 24 * hour

/** What one process knows from one comparison to the next. */
export interface Memory {
  /** When the next one is due, and how many in a row were not whole. Times in ms since 1970. */
  dueAt: number
  failures: number
  /** Since when deliveries are asked for, by host. */
  recovered: Map<string, number>
  /** What was said last of each thing that failed, so that it is not said every hour. */
  said: Map<string, string>
}

/**
 * Compares repositories, deliveries and open changes with what the hosts know, at start and every hour, sooner where one of
 * them did not answer, until `signal` fires: webhooks only make it faster. Returns what makes the next one due at once.
 */
export function catchUpForever(parts: Parts, signal: AbortSignal): () => void {
  const memory = newMemory()
  const look = async () => {
    if (parts.clock.now() < memory.dueAt || signal.aborted) return
    memory.dueAt = Number.POSITIVE_INFINITY
    await parts.background.latest('comparison with the hosts', () => catchUp(parts, memory))
  }
  const failed = (error: unknown) => {
    memory.dueAt = parts.clock.now() + hour
    parts.logger.error({ err: error }, 'the hosts could not be compared with the store')
  }
  parts.background.run('first comparison with the hosts', () => look().catch(failed))
  parts.clock.every(tick, look, signal, failed)
  return () => {
    memory.dueAt = 0
  }
}

export function newMemory(): Memory {
  return { dueAt: 0, failures: 0, recovered: new Map(), said: new Map() }
}

/** One comparison with every host; what cannot be compared is said once, and keeps nothing else from it. */
export async function catchUp(parts: Parts, memory: Memory): Promise<void> {
  let again: number | undefined
  const attempt = async (work: () => Promise<string[]>, tell: (failure: string) => Promise<void>) => {
    if (parts.ending.aborted) return
    try {
      const failures = await work()
      await tell(failures.join('; '))
      if (failures.length > 0) again = Math.max(again ?? 0, 0)
    } catch (error) {
      await tell(messageOf(error))
      // What a person has to change first is not asked for every minute.
      if (isHostFailure(error, 'refused', 'gone')) return
      again = Math.max(again ?? 0, isHostFailure(error) ? (error.retryAt ?? 0) : 0)
    }
  }
  const compare = (what: string, work: () => Promise<string[]>, about: { repositoryId?: string } = {}) =>
    attempt(work, (failure) => say(parts, memory, what, about, failure))
  for (const [type, host] of Object.entries(parts.hosts) as [RepositoryType, GitHost][]) {
    await compare(`repositories of ${type}`, () => compareRepositories(parts, memory, type, host))
    await compare(`deliveries of ${type}`, () => recoverDeliveries(parts, memory, type, host))
    const all = await parts.store.list('repository')
    for (const repository of all.filter((one) => one.type === type)) {
      // That it fails is said where it is kept.
      await attempt(
        () => keepHook(parts, repository).then(() => []),
        () => Promise.resolve(),
      )
      const { changes } = host
      if (!changes) continue
      await compare(`changes of ${repository.name}`, () => catchUpRepository(parts, repository, changes), {
        repositoryId: repository.id,
      })
    }
  }
  await compare('changes that ended', () => forgetOldChanges(parts).then(() => []))
  memory.failures = again === undefined ? 0 : memory.failures + 1
  const pause = again === undefined ? hour : Math.min(soon * 2 ** (memory.failures - 1), hour)
  memory.dueAt = Math.max(parts.clock.now() + pause, again ?? 0)
}

/** What is new at the host appears here, what it does not give us any more goes. */
async function compareRepositories(
  parts: Parts,
  memory: Memory,
  type: RepositoryType,
  host: GitHost,
): Promise<string[]> {
  // What becomes known while the host is asked is newer than its answer.
  const known = (await parts.store.list('repository')).filter((one) => one.type === type)
  const given = await host.repositories()
  if (given === null) return []
  const failures: string[] = []
  const owners = new Set<string>()
  for (const one of given) {
    try {
      owners.add(ownerAt(host.check(one.params).origin, one.owner))
      await connectRepository(parts, type, one)
    } catch (error) {
      failures.push(`${one.owner}/${one.name}: ${messageOf(error)}`)
    }
  }
  const keys = new Set(given.map(({ key }) => key))
  for (const one of known) {
    const gone = hostRepositoryOf(one)
    if (!gone || keys.has(gone.key)) continue
    // Nothing of an owner: more likely another app or instance, or one that is suspended, than a wish to lose all settings.
    if (!owners.has(ownerAt(one.params.origin, gone.owner))) {
      const kept = `${type} gives us nothing of ${gone.owner} any more; ${one.name} is kept, with its previews: connect it again, or delete it`
      await sayOnce(parts, memory, `removal of ${one.id}`, { repositoryId: one.id }, kept)
      continue
    }
    const sentence = await disconnectRepository(parts, type, gone)
    const stays = await parts.store.get('repository', one.id)
    if (stays) await sayOnce(parts, memory, `removal of ${one.id}`, { repositoryId: one.id }, sentence)
  }
  return failures
}

/** An owner, as distinct from those who have the same name at other instances of the same kind of host. */
function ownerAt(origin: string, owner: string): string {
  const end = origin.lastIndexOf(`/${owner}/`)
  return end === -1 ? owner : origin.slice(0, end) + `/${owner}`
}

async function recoverDeliveries(
  parts: Parts,
  memory: Memory,
  type: RepositoryType,
  host: GitHost,
): Promise<string[]> {
  const now = parts.clock.now()
  const isKnown = async (deliveryId: string) =>
    (await parts.store.list('delivery', { host: type, deliveryId })).length > 0
  const count = await host.recover(memory.recovered.get(type) ?? now - recoverable, isKnown)
  // What is under way right now counts as missed only in the next hour.
  memory.recovered.set(type, now - hour)
  if (count > 0)
    await note(parts, 'delivery', `${count} deliveries that did not arrive were asked for again at ${type}`)
  return []
}

function hostRepositoryOf({ params, name }: RepositoryRecord) {
  const { hostKey, owner = '', repo = name } = params
  return hostKey === undefined ? undefined : { key: hostKey, owner, name: repo, params: {} }
}

async function say(
  parts: Parts,
  memory: Memory,
  what: string,
  about: { repositoryId?: string },
  message: string,
): Promise<void> {
  const key = `${what} ${about.repositoryId ?? ''}`
  if (message !== '') return sayOnce(parts, memory, key, about, `${what} could not be compared: ${message}`)
  if (memory.said.delete(key)) await note(parts, 'repository', `${what} can be compared again`, about)
}

async function sayOnce(
  parts: Parts,
  { said }: Memory,
  key: string,
  about: { repositoryId?: string },
  sentence: string,
): Promise<void> {
  if (said.get(key) === sentence) return
  said.set(key, sentence)
  await note(parts, 'repository', sentence, about)
}
