import { dropEnvironment } from '../environments/lifecycle.ts'
import { inRepository } from '../environments/turns.ts'
import { hasLockedService } from '../environments/expiry.ts'
import { isQaackError, messageOf } from '../errors.ts'
import { note } from '../events/note.ts'
import type { HostRepository } from '../hosts/event.ts'
import { slug } from '../ids.ts'
import type { Parts } from '../parts.ts'
import { allByHand, sayLeftAlone, whileNoneIsAdded } from './by-hand.ts'
import { keepHookBeside } from './hooks.ts'
import { forgetLeft, isLeft } from './left.ts'
import { addRepository, checkParams, deleteRepository } from './manage.ts'
import { groupOfOwner, isOfOwner, withFreeName } from './owner-group.ts'
import { connectedPoll, notToldOfPushes, toldOfPushes } from './poll-pause.ts'
import type { GroupRecord, RepositoryParams, RepositoryRecord, RepositoryType } from './repository.ts'
import { saveRepository } from './save.ts'

/** The repository that its host calls `key`. */
export async function findConnected(
  parts: Parts,
  type: RepositoryType,
  key: string,
): Promise<RepositoryRecord | undefined> {
  const [known] = await parts.store.list('repository', { hostKey: `${type}:${key}` })
  return known
}

/**
 * One that a person added at the same address, and that the host did not give us: of the same kind, or of another, i.e. as plain
 * git.
 */
export async function findByHand(
  parts: Parts,
  type: RepositoryType,
  given: HostRepository,
  kind: 'same' | 'other' = 'same',
): Promise<RepositoryRecord | undefined> {
  const byHand = await allByHand(parts, checkParams(parts, type, given.params).origin)
  return byHand.find((one) => (one.type === type) === (kind === 'same'))
}

/**
 * Makes a repository known that the host gave us: in the group of its owner, or as the one that somebody added by hand
 * already. One that is known gets the access that the host tells of now. Undefined for one that somebody deleted here, which
 * stays deleted, and for one that somebody added as plain git, which stays that: its Qaackfile may ask for the type, its hook
 * calls an address of its own, and its password is not the host's. Safe twice, and at once.
 */
export function connectRepository(
  parts: Parts,
  type: RepositoryType,
  given: HostRepository,
): Promise<RepositoryRecord | undefined> {
  return inTurn(parts, type, given, async () => {
    const known = await findConnected(parts, type, given.key)
    // Hosts do not tell of every move.
    if (known) return move(parts, type, known, given)
    return whileNoneIsAdded(parts, () => connect(parts, type, given))
  })
}

async function connect(
  parts: Parts,
  type: RepositoryType,
  given: HostRepository,
): Promise<RepositoryRecord | undefined> {
  const sameKind = await findByHand(parts, type, given)
  if (sameKind) return link(parts, sameKind, checkParams(parts, type, given.params))
  if (await isLeft(parts, type, given.key)) return undefined
  const otherKind = await findByHand(parts, type, given, 'other')
  if (!otherKind) return add(parts, type, given)
  await sayLeftAlone(parts, `${given.owner}/${given.name} of ${type}`, otherKind)
  return undefined
}

/** The host takes a repository back: it goes with all its previews, unless one is locked or it was added by hand. A sentence. */
export function disconnectRepository(
  parts: Parts,
  type: RepositoryType,
  given: HostRepository,
): Promise<string> {
  return inTurn(parts, type, given, async () => {
    await forgetLeft(parts, type, given.key)
    const known = await findConnected(parts, type, given.key)
    if (!known) return `repository ${given.owner}/${given.name} was not known`
    if (known.params.byHand) return unlink(parts, known)
    try {
      await deleteRepository(parts, known.id)
      return `repository ${known.name} removed`
    } catch (error) {
      if (isQaackError(error, 'not_found')) return `repository ${known.name} removed`
      if (!isQaackError(error, 'conflict')) throw error
      await dropUnlocked(parts, known)
      return `repository ${known.name} stays: ${error.message}`
    }
  })
}

/**
 * Renamed, or moved to another owner: access, name and group follow, where they were not chosen by hand; previews and their
 * addresses stay.
 */
export function moveRepository(
  parts: Parts,
  type: RepositoryType,
  given: HostRepository,
): Promise<RepositoryRecord | undefined> {
  return inTurn(parts, type, given, async () => {
    const known = await findConnected(parts, type, given.key)
    return known && move(parts, type, known, given)
  })
}

async function move(
  parts: Parts,
  type: RepositoryType,
  known: RepositoryRecord,
  given: HostRepository,
): Promise<RepositoryRecord> {
  const { owner, repo } = known.params
  const moved = await refresh(parts, known, checkParams(parts, type, given.params))
  const group = await parts.store.get('group', known.groupId)
  const follows = group && owner !== undefined && owner !== given.owner && isOfOwner(group, type, owner)
  const ofOwner = follows ? await groupOfOwner(parts, type, given.owner) : group
  const name = known.name === repo && repo !== given.name ? given.name : known.name
  if (!ofOwner || (ofOwner.id === known.groupId && name === known.name)) return moved
  const record = await withFreeName(name, (free) =>
    saveRepository(parts, known.id, (now) => ({ ...now, groupId: ofOwner.id, name: free })),
  )
  await say(parts, record, `repository ${known.name} is ${ofOwner.name}/${record.name} now`)
  return record
}

function inTurn<T>(parts: Parts, type: RepositoryType, given: HostRepository, work: () => Promise<T>) {
  return parts.background.inTurn(`connection ${type}:${given.key}`, work)
}

async function add(parts: Parts, type: RepositoryType, given: HostRepository): Promise<RepositoryRecord> {
  const group = await groupOfOwner(parts, type, given.owner)
  const settings = { pollSeconds: connectedPoll }
  return withFreeName(await nameFor(parts, given, group), async (name) => {
    // Another server may have been told as well, and have been quicker.
    const known = await findConnected(parts, type, given.key)
    return known ?? addRepository(parts, group.id, { name, type, params: given.params, settings })
  })
}

/**
 * Its own name or, where a repository of another owner has that in the names of its previews, one with the owner before it: of
 * two previews that would have the same name, the second could not be created.
 */
async function nameFor(parts: Parts, { owner, name }: HostRepository, group: GroupRecord): Promise<string> {
  const others = (await parts.store.list('repository')).filter(({ groupId }) => groupId !== group.id)
  return others.some((one) => slug(one.name) === slug(name)) ? `${owner.replaceAll('/', '-')}-${name}` : name
}

/** What else was given by hand, such as a token, stays. */
async function refresh(
  parts: Parts,
  known: RepositoryRecord,
  params: RepositoryParams,
): Promise<RepositoryRecord> {
  const same = (now: RepositoryParams) => JSON.stringify({ ...now, ...params }) === JSON.stringify(now)
  if (same(known.params)) return known
  return saveRepository(parts, known.id, (now) => ({ ...now, params: { ...now.params, ...params } }))
}

async function link(
  parts: Parts,
  known: RepositoryRecord,
  params: RepositoryParams,
): Promise<RepositoryRecord> {
  const record = await saveRepository(parts, known.id, (now) => ({
    ...now,
    params: { ...now.params, ...params, byHand: true },
    settings: toldOfPushes(now.settings),
  }))
  await say(parts, record, `repository ${record.name}, added by hand, is connected through its host now`)
  keepHookBeside(parts, record)
  return record
}

async function unlink(parts: Parts, known: RepositoryRecord): Promise<string> {
  const record = await saveRepository(parts, known.id, (now) => {
    const params = { ...now.params }
    delete params.hostKey
    delete params.installation
    delete params.byHand
    return { ...now, params, settings: notToldOfPushes(now.settings) }
  })
  const sentence = `repository ${record.name} is not connected through its host any more; it stays, because it was added by hand`
  await say(parts, record, sentence)
  return sentence
}

function dropUnlocked(parts: Parts, { id, name }: RepositoryRecord): Promise<void> {
  return inRepository(parts, id, async () => {
    for (const environment of await parts.store.list('environment', { repositoryId: id })) {
      if (hasLockedService(environment)) continue
      await dropEnvironment(parts, environment.id, `the host took back repository ${name}`).catch(
        (error: unknown) => note(parts, 'ignored', messageOf(error), { repositoryId: id }),
      )
    }
  })
}

function say(parts: Parts, { id }: RepositoryRecord, message: string): Promise<void> {
  return note(parts, 'repository', message, { repositoryId: id })
}
