import { messageOf, QaackError } from '../errors.ts'
import { note } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import { mirrorOf } from '../repositories/mirrors.ts'
import type { Ref, RepositoryRecord } from '../repositories/repository.ts'
import { diffRefs } from '../repositories/sync.ts'
import { Conflict } from '../stores/store.ts'
import { filteredOut } from '../triggers/filters.ts'
import { addRefs } from './add-refs.ts'
import { decideIgnored } from './decide-commit.ts'
import { change, dropEnvironment, moveEnvironment } from './lifecycle.ts'
import { inRepository } from './turns.ts'

/**
 * Looks at the git refs of a repository now and does what follows: a new ref is known as an empty environment, a moved
 * one is rebuilt if its environment exists and no filter speaks against it, one that is gone takes its environments along.
 */
export function syncRepository(parts: Parts, repositoryId: string, why: string): Promise<void> {
  return parts.background.latest(`sync ${repositoryId}`, () => syncNow(parts, repositoryId, why))
}

async function syncNow(parts: Parts, repositoryId: string, why: string): Promise<void> {
  const repository = await parts.store.get('repository', repositoryId)
  if (!repository) throw new QaackError('not_found', `there is no repository ${repositoryId}`)
  const refs = await fetchRefs(parts, repository)
  await inRepository(parts, repositoryId, async () => {
    // Fetching takes its time, and the repository may have been deleted meanwhile.
    if (await parts.store.get('repository', repositoryId)) await follow(parts, repository, refs, why)
  })
}

async function follow(parts: Parts, repository: RepositoryRecord, refs: Ref[], why: string): Promise<void> {
  const repositoryId = repository.id
  const environments = await parts.store.list('environment', { repositoryId })
  const { appeared, changed, gone } = diffRefs(
    environments.map(({ id, ref }) => ({ id, ref })),
    refs,
  )
  await addRefs(parts, repository, appeared)
  for (const { id, ref } of changed) await moved(parts, repository, id, ref)
  let dropped = 0
  for (const { id, ref } of gone) {
    const kept = await dropEnvironment(parts, id, `${ref.type} ${ref.name} is gone`).then(
      () => undefined,
      (error: unknown) => messageOf(error),
    )
    if (kept === undefined) dropped += 1
    else await noteOnce(parts, kept, { repositoryId, environmentId: id })
  }
  if (appeared.length + changed.length + dropped > 0 || repository.syncError !== null) {
    const counts = `${appeared.length} new, ${changed.length} moved, ${dropped} gone`
    await note(parts, 'ref', `refs of ${repository.name} read (${why}): ${counts}`, { repositoryId })
  }
  await saveSynced(parts, repositoryId, null)
}

/** What is so at every look, such as a locked service whose ref is gone, is said when it begins to be so. */
async function noteOnce(
  parts: Parts,
  message: string,
  about: { repositoryId: string; environmentId: string },
): Promise<void> {
  const [last] = await parts.store.events({ environmentId: about.environmentId, limit: 1 })
  if (last?.message !== message) await note(parts, 'ignored', message, about)
}

async function fetchRefs(parts: Parts, repository: RepositoryRecord): Promise<Ref[]> {
  try {
    return await mirrorOf(parts, repository).fetch(parts.ending)
  } catch (error) {
    if (parts.ending.aborted) throw error
    const message = messageOf(error)
    if (repository.syncError !== message)
      await note(parts, 'ref', `refs of ${repository.name} could not be read: ${message}`, {
        repositoryId: repository.id,
      })
    await saveSynced(parts, repository.id, message)
    throw error
  }
}

async function moved(parts: Parts, repository: RepositoryRecord, id: string, ref: Ref): Promise<void> {
  const filtered = filteredOut(repository.settings.webhook, ref)
  try {
    if (filtered === undefined) await moveEnvironment(parts, id, ref.hash)
    else await change(parts, id, (situation) => decideIgnored(situation, ref.hash, filtered))
  } catch (error) {
    if (!(error instanceof QaackError)) throw error
    await note(parts, 'ignored', error.message, { repositoryId: repository.id, environmentId: id })
  }
}

async function saveSynced(parts: Parts, repositoryId: string, syncError: string | null): Promise<void> {
  for (;;) {
    const record = await parts.store.get('repository', repositoryId)
    if (!record) return
    const syncedAt = syncError === null ? parts.clock.now() : record.syncedAt
    try {
      return await parts.store.commit([{ save: 'repository', record: { ...record, syncedAt, syncError } }])
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
    }
  }
}
