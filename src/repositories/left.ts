import type { Parts } from '../parts.ts'
import { Conflict } from '../stores/store.ts'
import { deleteRepository } from './manage.ts'
import type { RepositoryType } from './repository.ts'
import { existing } from './save.ts'

/**
 * Deletes a repository because a person wants it gone. If its host still gives it to us, that is written down in its group,
 * so that it does not come back by itself with the next look at the host. Errors as of deleteRepository.
 */
export async function leaveRepository(parts: Parts, id: string): Promise<void> {
  const { groupId, type, params } = await existing(parts, id)
  const { hostKey } = params
  // Before: whoever looks at the host right after the deletion must know it.
  if (hostKey !== undefined)
    await edit(parts, groupId, (left) => [...new Set([...left, nameOf(type, hostKey)])])
  await deleteRepository(parts, id)
}

/** Whether somebody deleted it here. */
export async function isLeft(parts: Parts, type: RepositoryType, key: string): Promise<boolean> {
  const groups = await parts.store.list('group')
  return groups.some(({ left }) => left?.includes(nameOf(type, key)))
}

/** The host took it back, or gave it to us anew: it may come again. */
export async function forgetLeft(parts: Parts, type: RepositoryType, key: string): Promise<void> {
  const name = nameOf(type, key)
  for (const { id, left } of await parts.store.list('group'))
    if (left?.includes(name)) await edit(parts, id, (all) => all.filter((one) => one !== name))
}

function nameOf(type: RepositoryType, key: string): string {
  return `${type}:${key}`
}

/** As often as somebody else was quicker; a group that is gone has nothing to remember. */
async function edit(parts: Parts, groupId: string, change: (left: string[]) => string[]): Promise<void> {
  for (;;) {
    const group = await parts.store.get('group', groupId)
    if (!group) return
    try {
      await parts.store.commit([{ save: 'group', record: { ...group, left: change(group.left ?? []) } }])
      return
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
    }
  }
}
