import { QaackError } from '../errors.ts'
import { note } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import { isSamePlace } from './address.ts'
import { addRepository, checkParams, type NewRepository } from './manage.ts'
import type { RepositoryRecord } from './repository.ts'

/** Events of a repository among which is looked whether it was said before. */
const lookedThrough = 1000

/**
 * Adds a repository because a person wants it. One that a host gave us already is QaackError `conflict`, however its address is
 * written: two records of one repository would build all of it twice, and both would report on its changes.
 */
export function addByHand(parts: Parts, groupId: string, wish: NewRepository): Promise<RepositoryRecord> {
  return whileNoneIsAdded(parts, async () => {
    const checked = checkParams(parts, wish.type, wish.params)
    const connected = (await parts.store.list('repository')).find(
      ({ params }) => params.hostKey !== undefined && isSamePlace(params.origin, checked.origin),
    )
    if (connected) {
      throw new QaackError(
        'conflict',
        `${connected.type} has connected this repository already: it is ${await fullName(parts, connected)} (${connected.id}); use that one, or delete it before you add it by hand`,
        { path: 'params' },
      )
    }
    return addRepository(parts, groupId, wish, checked)
  })
}

/** What a person added at this address, by whatever kind of address. */
export async function allByHand(parts: Pick<Parts, 'store'>, origin: string): Promise<RepositoryRecord[]> {
  const all = await parts.store.list('repository')
  return all.filter(({ params }) => params.hostKey === undefined && isSamePlace(params.origin, origin))
}

/** One after the other in this process, so that of a person and a host at the same moment one sees the other. */
export function whileNoneIsAdded<T>(parts: Pick<Parts, 'background'>, work: () => Promise<T>): Promise<T> {
  return parts.background.inTurn('repositories are added', work)
}

/** Why a repository that its host gives us is not connected: it is here already, as plain git. */
export async function whyLeftAlone(parts: Pick<Parts, 'store'>, there: RepositoryRecord): Promise<string> {
  const name = await fullName(parts, there)
  return `it is here already as ${name}, added by hand as type ${there.type}, and stays as it is; to have it connected through its host instead: qaack repo delete ${there.id}`
}

/** What was said by this process, or found to be said: a host tells of its repository with each push. */
const said = new WeakMap<Parts['store'], Set<string>>()

/** Says it with the repository, once. */
export async function sayLeftAlone(parts: Parts, what: string, there: RepositoryRecord): Promise<void> {
  const sentence = `${what} is not connected: ${await whyLeftAlone(parts, there)}`
  const before = said.get(parts.store) ?? new Set<string>()
  said.set(parts.store, before)
  if (before.has(sentence)) return
  const events = await parts.store.events({ repositoryId: there.id, limit: lookedThrough })
  before.add(sentence)
  if (events.some(({ message }) => message === sentence)) return
  await note(parts, 'repository', sentence, { repositoryId: there.id })
}

async function fullName(
  { store }: Pick<Parts, 'store'>,
  { groupId, name }: RepositoryRecord,
): Promise<string> {
  const group = await store.get('group', groupId)
  return group ? `${group.name}/${name}` : name
}
