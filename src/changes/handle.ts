import { syncRepository } from '../environments/sync.ts'
import { QaackError } from '../errors.ts'
import type { HostEvent, HostRepository } from '../hosts/event.ts'
import type { Parts } from '../parts.ts'
import {
  connectRepository,
  disconnectRepository,
  findByHand,
  findConnected,
  moveRepository,
} from '../repositories/connected.ts'
import { whyLeftAlone } from '../repositories/by-hand.ts'
import { forgetLeft } from '../repositories/left.ts'
import type { RepositoryRecord, RepositoryType } from '../repositories/repository.ts'
import { catchUp, newMemory } from './catch-up.ts'
import { handleComment } from './comment.ts'
import { lookFirst } from './first-look.ts'
import { followChange } from './follow.ts'
import { takeChange } from './take.ts'

/** How many of several outcomes are told of. */
const told = 5
const noneOfOurs = 'ignored: the repository that it is about is none of ours'
const wasDeleted = 'ignored: the repository that it is about was deleted here'

/**
 * Does what follows from an event, whether it comes for the first time or once more, in order or late. `repositoryId` is
 * that of the repository which the call was addressed to, where it was addressed to one; `deliveryId` the host's own name of the
 * call. Returns the decision, as a sentence.
 */
export async function handleEvent(
  parts: Parts,
  type: RepositoryType,
  event: HostEvent,
  repositoryId: string | null,
  deliveryId: string | null = null,
): Promise<string> {
  if (event.kind === 'repositories') return repositoriesEvent(parts, type, event)
  if (event.kind === 'repository-moved') return movedEvent(parts, type, event.repository)
  const repository = event.repository
    ? await repositoryOf(parts, type, event.repository)
    : await addressed(parts, repositoryId)
  if (!repository) return event.repository ? whyNone(parts, type, event.repository) : wasDeleted
  switch (event.kind) {
    case 'refs-changed':
      await syncRepository(parts, repository.id, 'told by the git host')
      return `refs of ${repository.name} read`
    case 'change': {
      const change = await takeChange(parts, repository, event.change)
      return followChange(parts, change.id)
    }
    case 'comment':
      return handleComment(parts, repository, event, deliveryId)
    case 'rerun':
      return rerun(parts, repository, event)
  }
}

/** One that we were given and do not know was missed when it appeared; one that is only spoken of may be there by hand. */
async function repositoryOf(
  parts: Parts,
  type: RepositoryType,
  given: HostRepository,
): Promise<RepositoryRecord | undefined> {
  const known = await findConnected(parts, type, given.key)
  if (known) return known
  return given.connects === false ? findByHand(parts, type, given) : connectAndLook(parts, type, given)
}

/** Why nothing is done about a repository, as a sentence. */
async function whyNone(parts: Parts, type: RepositoryType, given: HostRepository): Promise<string> {
  if (given.connects === false) return noneOfOurs
  const byHand = await findByHand(parts, type, given, 'other')
  return byHand ? `ignored: ${await whyLeftAlone(parts, byHand)}` : wasDeleted
}

async function addressed(parts: Parts, repositoryId: string | null): Promise<RepositoryRecord> {
  const repository = repositoryId === null ? undefined : await parts.store.get('repository', repositoryId)
  if (!repository)
    throw new QaackError('not_found', 'the repository that the call was addressed to is not known')
  return repository
}

async function connectAndLook(
  parts: Parts,
  type: RepositoryType,
  given: HostRepository,
): Promise<RepositoryRecord | undefined> {
  const repository = await connectRepository(parts, type, given)
  if (repository) lookFirst(parts, repository, 'connected')
  return repository
}

async function repositoriesEvent(
  parts: Parts,
  type: RepositoryType,
  { appeared, gone }: Extract<HostEvent, { kind: 'repositories' }>,
): Promise<string> {
  if (appeared.length + gone.length === 0) {
    parts.background.run('comparison with the hosts', () =>
      parts.background.latest('comparison with the hosts', () => catchUp(parts, newMemory())),
    )
    return 'what is connected is compared with the host'
  }
  const sentences: string[] = []
  for (const given of appeared) {
    await forgetLeft(parts, type, given.key)
    const connected = await connectAndLook(parts, type, given)
    if (connected) sentences.push(`repository ${connected.name} connected`)
    else sentences.push(`repository ${given.name}: ${await whyNone(parts, type, given)}`)
  }
  for (const given of gone) sentences.push(await disconnectRepository(parts, type, given))
  const more = sentences.length > told ? `; and ${sentences.length - told} more` : ''
  return sentences.slice(0, told).join('; ') + more
}

async function movedEvent(parts: Parts, type: RepositoryType, given: HostRepository): Promise<string> {
  const moved = await moveRepository(parts, type, given)
  if (!moved && given.connects === false) return noneOfOurs
  if (moved) return `repository ${moved.name} is ${given.owner}/${given.name} at its host now`
  const connected = await connectAndLook(parts, type, given)
  return connected ? `repository ${connected.name} connected` : whyNone(parts, type, given)
}

/** The host lets only those ask for it who may write to the repository. */
async function rerun(
  parts: Parts,
  repository: RepositoryRecord,
  { hash, by }: Extract<HostEvent, { kind: 'rerun' }>,
): Promise<string> {
  const open = await parts.store.list('change', { repositoryId: repository.id, state: 'open' })
  const asked = open.filter((change) => change.hash === hash)
  if (asked.length === 0) return `ignored: no open change offers commit ${hash.slice(0, 7)}`
  const sentences: string[] = []
  for (const { id } of asked)
    sentences.push(await followChange(parts, id, { rebuild: `rebuild asked for by ${by}` }))
  return sentences.join('; ')
}
