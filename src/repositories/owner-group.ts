import { isQaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { addGroup } from './manage.ts'
import type { GroupRecord, RepositoryRecord, RepositoryType } from './repository.ts'

/**
 * The group into which a host puts the repositories of an owner by itself. What is in a group gets its variables, and anybody
 * may take a name at a host: so only a group will do that was made for this owner and has nothing to give away or repositories
 * of this owner, or one of before that with repositories of this owner alone. Where another group has the owner's name the new
 * one is called `acme-2`, and so on.
 */
export async function groupOfOwner(parts: Parts, type: RepositoryType, owner: string): Promise<GroupRecord> {
  return parts.background.inTurn(`group of ${nameOf(type, owner)}`, async () => {
    const known = await findGroup(parts, type, owner)
    if (known) return known
    return withFreeName(owner, async (name) => {
      // Another server may have been told as well, and have been quicker.
      return (await findGroup(parts, type, owner)) ?? addGroup(parts, name, nameOf(type, owner))
    })
  })
}

/** Whether a group is one that the repositories of this owner came into by themselves. */
export function isOfOwner(group: GroupRecord, type: RepositoryType, owner: string): boolean {
  // Those that were made before groups knew whose they are have the owner's name.
  return group.ownedBy === undefined ? group.name === owner : group.ownedBy === nameOf(type, owner)
}

/** `shop`, or `shop-2` and so on where another one has that name. */
export async function withFreeName<T>(name: string, use: (name: string) => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await use(count === 1 ? name : `${name}-${count}`)
    } catch (error) {
      if (!isQaackError(error, 'conflict') || count === 100) throw error
    }
  }
}

async function findGroup(
  parts: Parts,
  type: RepositoryType,
  owner: string,
): Promise<GroupRecord | undefined> {
  for (const group of await parts.store.list('group')) {
    if (!isOfOwner(group, type, owner)) continue
    const inside = await parts.store.list('repository', { groupId: group.id })
    const theirs = inside.filter((one) => isTheirs(one, type, owner)).length
    const isUsed = theirs > 0 && (group.ownedBy !== undefined || theirs === inside.length)
    if (isUsed || (await isFree(parts, group))) return group
  }
  return undefined
}

/** That the host gave it to us proves whose it is; what somebody says who adds one by hand does not. */
function isTheirs({ type, params }: RepositoryRecord, of: RepositoryType, owner: string): boolean {
  return type === of && params.hostKey !== undefined && params.owner?.toLowerCase() === owner.toLowerCase()
}

/** Its owner may have given up the name since. */
async function isFree(parts: Parts, { id, ownedBy }: GroupRecord): Promise<boolean> {
  return ownedBy !== undefined && (await parts.store.ids('variable', { ownerId: id }, 1)).length === 0
}

/** Hosts take no heed of the case of names. */
function nameOf(type: RepositoryType, owner: string): string {
  return `${type}:${owner.toLowerCase()}`
}
