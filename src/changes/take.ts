import { inRepository } from '../environments/turns.ts'
import { QaackError } from '../errors.ts'
import { isHostFailure } from '../hosts/failure.ts'
import type { HostChange, ToldChange } from '../hosts/event.ts'
import { newId } from '../ids.ts'
import type { Parts } from '../parts.ts'
import { inClear } from '../repositories/params-secrets.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import { Conflict } from '../stores/store.ts'
import type { ChangeRecord } from './change.ts'
import { compareChange } from './newer.ts'

/**
 * Keeps what a host said of a change, unless what is known is newer, and returns what is known then. Nothing is decided by
 * it: followChange does that.
 */
export async function takeChange(
  parts: Parts,
  repository: RepositoryRecord,
  told: ToldChange,
): Promise<ChangeRecord> {
  for (;;) {
    const known = await findChange(parts, repository.id, told.name)
    const change = await withAuthor(parts, repository, told, known)
    const record = known ? await update(parts, repository, known, change) : fresh(parts, repository, change)
    if (record === known) return record
    try {
      if (known) await parts.store.commit([{ save: 'change', record }])
      else await insert(parts, repository, record)
      return { ...record, version: record.version + 1 }
    } catch (error) {
      // Somebody else was told at the same time: compare again with what came of that.
      if (!(error instanceof Conflict)) throw error
    }
  }
}

/** One that nobody told of before is asked for; without an answer its author is told by the next comparison of all changes. */
async function withAuthor(
  parts: Parts,
  repository: RepositoryRecord,
  told: ToldChange,
  known: ChangeRecord | undefined,
): Promise<HostChange> {
  const { author } = told
  if (author !== null) return { ...told, author }
  if (known) return { ...told, author: known.author }
  return (await askHost(parts, repository, told.name)) ?? { ...told, author: '' }
}

/** Not for a repository that was deleted meanwhile: nobody would ever take it away again. */
function insert(parts: Parts, { id, name }: RepositoryRecord, record: ChangeRecord): Promise<void> {
  return inRepository(parts, id, async () => {
    if (!(await parts.store.get('repository', id)))
      throw new QaackError('not_found', `repository ${name} is not known any more`)
    await parts.store.commit([{ insert: 'change', record }])
  })
}

export async function findChange(
  parts: Parts,
  repositoryId: string,
  name: string,
): Promise<ChangeRecord | undefined> {
  const [known] = await parts.store.list('change', { repositoryId, name })
  return known
}

async function update(
  parts: Parts,
  repository: RepositoryRecord,
  known: ChangeRecord,
  said: HostChange,
): Promise<ChangeRecord> {
  const compared = compareChange(known, said)
  if (compared === 'older' || compared === 'same') return known
  const now = parts.clock.now()
  if (compared === 'newer') return merged(known, said, now)
  const truth = (await askHost(parts, repository, said.name)) ?? said
  switch (compareChange(known, truth)) {
    case 'same':
      return known
    // A host that answers from an old copy of its data; what it told us is newer than that.
    case 'older':
      return merged(known, said, now)
    case 'unclear':
    case 'newer':
      return merged(known, truth, now)
  }
}

async function askHost(
  parts: Parts,
  repository: RepositoryRecord,
  name: string,
): Promise<HostChange | undefined> {
  try {
    const [change] =
      (await parts.hosts[repository.type]?.changes?.list(inClear(parts.secretKey, repository), name)) ?? []
    return change
  } catch (error) {
    if (!isHostFailure(error)) throw error
    // What came in is as good as what is known, and the next comparison of all changes shows which it was.
    return undefined
  }
}

/**
 * What was decided is open again where the change is offered to another branch: its build may have begun with the old one.
 * An approval is kept, for what was built by it: it counts for its own commit only.
 */
function merged(known: ChangeRecord, said: HostChange, now: number): ChangeRecord {
  const verdict = known.target === said.target ? known.verdict : null
  const movedAt = known.hash === said.hash ? known.movedAt : now
  return { ...known, ...contentOf(said), verdict, movedAt }
}

function fresh(parts: Parts, repository: RepositoryRecord, said: HostChange): ChangeRecord {
  return {
    id: newId(),
    version: 0,
    repositoryId: repository.id,
    ...contentOf(said),
    approved: null,
    verdict: null,
    movedAt: null,
    knownAt: parts.clock.now(),
  }
}

/** Only what belongs into a record, whatever else a host put in. */
function contentOf(said: HostChange): HostChange {
  const { name, title, author, source, target, hash, fork, draft, labels, state, url, updatedAt } = said
  return { name, title, author, source, target, hash, fork, draft, labels, state, url, updatedAt }
}
