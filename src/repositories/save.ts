import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { Conflict } from '../stores/store.ts'
import type { RepositoryRecord } from './repository.ts'

/** Changes what `edit` changes, as often as somebody else was quicker. QaackError `conflict` if its new name is taken. */
export async function saveRepository(
  parts: Parts,
  id: string,
  edit: (record: RepositoryRecord) => RepositoryRecord,
): Promise<RepositoryRecord> {
  for (;;) {
    const before = await existing(parts, id)
    const record = edit(before)
    try {
      await parts.store.commit([{ save: 'repository', record }])
      return { ...record, version: before.version + 1 }
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      const namesake = await parts.store.list('repository', { groupId: record.groupId, name: record.name })
      if (namesake.some((other) => other.id !== id)) {
        throw new QaackError(
          'conflict',
          `the group has a repository ${record.name} already; choose another name`,
          { path: 'name', cause: error },
        )
      }
    }
  }
}

export async function existing(parts: Parts, id: string): Promise<RepositoryRecord> {
  const record = await parts.store.get('repository', id)
  if (!record) throw new QaackError('not_found', `there is no repository ${id}`)
  return record
}
