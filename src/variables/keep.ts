import { QaackError } from '../errors.ts'
import { noteOf } from '../events/note.ts'
import { newId } from '../ids.ts'
import type { Parts } from '../parts.ts'
import { opensWith, seal, sizeOfSealed } from '../secrets.ts'
import { Conflict, type Change, type VariableRecord } from '../stores/store.ts'
import { checkWish, mostBytes, type VariableWish } from './wish.ts'

/** Whose variables they are. `name` is for people. */
export interface Owner {
  kind: 'group' | 'repository'
  id: string
  name: string
}

/** Variables of one owner, and bytes of all their values: a process gets them all at once, and the kernel bounds that. */
const mostVariables = 200
const mostTogether = 8 * mostBytes

/** Those that are in force, by name. */
export async function variablesOf(parts: Pick<Parts, 'store'>, ownerId: string): Promise<VariableRecord[]> {
  const all = await parts.store.list('variable', { ownerId })
  return all
    .filter(({ removedAt }) => removedAt === undefined)
    .toSorted((one, other) => (one.name < other.name ? -1 : 1))
}

/**
 * Sets a variable, in place of the one that had its name. `by` is who wants it, for people. What is wrong with it, or too
 * much, is QaackError `invalid`; an owner that is gone is `not_found`.
 */
export async function setVariable(
  parts: Parts,
  owner: Owner,
  wish: VariableWish,
  by: string,
): Promise<{ record: VariableRecord; isNew: boolean }> {
  const checked = checkWish(wish)
  const { name, type, visibility } = checked
  const sealed = { ...checked, value: seal(parts.secretKey, checked.value) }
  for (;;) {
    const all = await parts.store.list('variable', { ownerId: owner.id })
    const known = all.find((one) => one.name === name)
    checkRoom(
      all.filter((one) => one !== known && one.removedAt === undefined),
      checked.value,
    )
    const isNew = known?.removedAt !== undefined || !known
    const { id, version } = known ?? { id: newId(), version: 1 }
    const record: VariableRecord = {
      id,
      version,
      owner: { kind: owner.kind, id: owner.id },
      ...sealed,
      ...formerOf(parts, known),
    }
    const write: Change = known ? { save: 'variable', record } : { insert: 'variable', record }
    const verb = isNew ? 'set' : 'changed'
    const message = `variable ${name} of ${owner.kind} ${owner.name} ${verb} by ${by}: ${type}, ${visibility}`
    const writes = [write, ...forgetLost(parts, all, known)]
    if (await committed(parts, owner, writes, message)) return { record, isNew }
  }
}

/** Takes a variable away. QaackError `not_found` if there is none of that name. */
export async function removeVariable(parts: Parts, owner: Owner, name: string, by: string): Promise<void> {
  for (;;) {
    const all = await parts.store.list('variable', { ownerId: owner.id })
    const known = all.find((one) => one.name === name)
    if (!known || known.removedAt !== undefined)
      throw new QaackError('not_found', `${owner.kind} ${owner.name} has no variable ${name}`)
    const { former } = formerOf(parts, known)
    const gone: VariableRecord = { ...known, value: '', former, removedAt: parts.clock.now() }
    // What runs may have been given the secret, and is to be kept from saying it.
    const write: Change =
      former.length > 0
        ? { save: 'variable', record: gone }
        : { remove: 'variable', id: known.id, version: known.version }
    const message = `variable ${name} of ${owner.kind} ${owner.name} deleted by ${by}`
    if (await committed(parts, owner, [write, ...forgetLost(parts, all, known)], message)) return
  }
}

/** Days that a secret which is no more is masked all the same, and how many of one name. */
const keptDays = 90
const keptFormer = 20

/** Whether a value that was taken away or replaced may still be in something that runs. */
export function isRemembered(parts: Pick<Parts, 'clock'>, { until }: { until: number }): boolean {
  return until > parts.clock.now() - keptDays * 86_400_000
}

/** What does not open any more cannot be masked either: to remember it would only keep its owner from being built. */
function formerOf(
  parts: Pick<Parts, 'clock' | 'secretKey'>,
  known: VariableRecord | undefined,
): { former: NonNullable<VariableRecord['former']> } {
  if (!known) return { former: [] }
  const { type, value, removedAt, former = [] } = known
  const isSecret = type !== 'text' && removedAt === undefined
  const last = isSecret ? [{ value, until: parts.clock.now() }] : []
  const kept = [...last, ...former.filter((one) => isRemembered(parts, one))]
  return { former: kept.filter((one) => opensWith(parts.secretKey, one.value)).slice(0, keptFormer) }
}

/** The same of variables that are no more: nobody is shown these, so nobody could set or delete them. */
function forgetLost(
  { secretKey }: Pick<Parts, 'secretKey'>,
  all: VariableRecord[],
  known: VariableRecord | undefined,
): Change[] {
  const gone = all.filter((one) => one !== known && one.removedAt !== undefined)
  return gone.flatMap((one): Change[] => {
    const { id, version, former = [] } = one
    const kept = former.filter(({ value }) => opensWith(secretKey, value))
    if (kept.length === former.length) return []
    return kept.length > 0
      ? [{ save: 'variable', record: { ...one, former: kept } }]
      : [{ remove: 'variable', id, version }]
  })
}

function checkRoom(others: VariableRecord[], value: string): void {
  if (others.length >= mostVariables)
    throw new QaackError('invalid', `there are ${mostVariables} variables already; delete one first`, {
      path: 'name',
    })
  const together = others.reduce(
    (sum, one) => sum + sizeOfSealed(one.value),
    Buffer.byteLength(value, 'utf8'),
  )
  if (together > mostTogether)
    throw new QaackError(
      'invalid',
      `all variables together would have ${together} bytes; they must have at most ${mostTogether / 1024} KiB`,
      { path: 'value' },
    )
}

/** False if somebody else was quicker. */
async function committed(parts: Parts, owner: Owner, writes: Change[], message: string): Promise<boolean> {
  if (!(await parts.store.get(owner.kind, owner.id)))
    throw new QaackError('not_found', `there is no ${owner.kind} ${owner.id} any more`)
  const about = owner.kind === 'repository' ? { repositoryId: owner.id } : {}
  try {
    await parts.store.commit([...writes, noteOf(parts, 'repository', message, about)])
    return true
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
}
