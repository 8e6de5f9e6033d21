import type { ChangeRecord } from '../changes/change.ts'
import { messageOf } from '../errors.ts'
import { note } from '../events/note.ts'
import type { ChangeHost } from '../hosts/host.ts'
import type { Parts } from '../parts.ts'
import { inClear } from '../repositories/params-secrets.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import { gatherFacts } from './gather.ts'
import { reportKinds, type ReportItem, type ReportKind } from './report.ts'
import { unsaidOf } from './unsaid.ts'

/** Milliseconds that all of it may take: a host that does not answer keeps the service from nothing. */
const patience = 60_000

/** What is to be said last on a change, and by what the host finds what was said before. */
export interface LastWord {
  changeId: string
  item: ReportItem
  handle: string | null
}

/**
 * What remains to be said on the changes of a repository that is about to be deleted: that their previews are gone, wherever
 * something else was said. To be asked while all of it is still known. What cannot be gathered, e.g. since a secret does not open
 * any more, is an event, and keeps no repository from going.
 */
export async function lastWordsOf(parts: Parts, repository: RepositoryRecord): Promise<LastWord[]> {
  if (!parts.hosts[repository.type]?.changes) return []
  const changes = await parts.store.list('change', { repositoryId: repository.id })
  const words: LastWord[] = []
  try {
    for (const change of changes) words.push(...(await lastWordsOn(parts, change)))
  } catch (error) {
    await sayNotCorrected(parts, repository, error)
  }
  return words
}

async function lastWordsOn(parts: Parts, change: ChangeRecord): Promise<LastWord[]> {
  const told = await parts.store.get('report', change.id)
  if (!told || told.rests) return []
  const gathered = await gatherFacts(parts, change.id, told)
  if (!gathered) return []
  const { facts, host } = gathered
  const { repository, published } = facts
  const why = `repository ${repository.name} was deleted in Qaack`
  // Also of what was switched off since: nobody corrects it later.
  const report = Object.fromEntries(reportKinds.map((kind) => [kind, true])) as Record<ReportKind, boolean>
  const gone = {
    ...facts,
    change: { ...change, verdict: { kind: 'remove', hash: change.hash, why } as const },
    repository: { ...repository, settings: { ...repository.settings, report } },
    environment: null,
    clones: [],
    help: '',
  }
  return unsaidOf(gone, told.published, { shows: host.shows, now: parts.clock.now() })
    .filter(({ item }) => published.includes(item.kind))
    .map(({ item }) => ({ changeId: change.id, item, handle: told.published[item.kind]?.handle || null }))
}

/** Says it beside its caller, as well as it can be done in a short time. Nobody tries again: the records are gone. */
export function sayLastWordsBeside(parts: Parts, repository: RepositoryRecord, words: LastWord[]): void {
  const host = parts.hosts[repository.type]?.changes
  if (!host || words.length === 0) return
  parts.background.run(`last reports of ${repository.name}`, async () => {
    const late = new Error('its host did not answer in time')
    const deadline = parts.clock.deadline(patience, late, parts.ending)
    const { promise: isOver, reject } = Promise.withResolvers<never>()
    isOver.catch(() => undefined)
    deadline.signal.addEventListener('abort', () => reject(late))
    try {
      const all = sayAll(parts, host, { repository, words, signal: deadline.signal })
      await Promise.race([all, isOver])
    } catch (error) {
      await sayNotCorrected(parts, repository, error)
    } finally {
      deadline.clear()
    }
  })
}

async function sayNotCorrected(parts: Parts, { id, name }: RepositoryRecord, error: unknown): Promise<void> {
  const sentence = `what stands on the changes of ${name} could not be corrected before it was deleted: ${messageOf(error)}`
  await note(parts, 'report', sentence, { repositoryId: id })
}

/** Rejects with the first failure; the rest is tried all the same. */
async function sayAll(
  parts: Parts,
  host: ChangeHost,
  { repository, words, signal }: { repository: RepositoryRecord; words: LastWord[]; signal: AbortSignal },
): Promise<void> {
  const open = inClear(parts.secretKey, repository)
  const failures: unknown[] = []
  for (const { changeId, item, handle } of words) {
    if (signal.aborted) return
    // After what is just being published of the change: that would be older.
    await parts.background.latest(`report on change ${changeId}`, () => Promise.resolve())
    await host.publish(open, item, handle).catch((error: unknown) => failures.push(error))
  }
  if (failures.length > 0) throw failures[0]
}
