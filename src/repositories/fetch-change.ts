import type { ChangeRecord } from '../changes/change.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { GitFailure, isGitFault } from './git-failure.ts'
import type { Mirror } from './mirror.ts'
import { mirrorOf } from './mirrors.ts'
import type { RepositoryRecord } from './repository.ts'

type Offered = Pick<ChangeRecord, 'name' | 'hash'>

/**
 * Makes sure that the mirror has the commit that a change offers, also of one from a fork: it comes through the ref that the
 * host keeps for the change. GitFailure `no-ref` if it is not there any more.
 */
export async function fetchChange(
  parts: Parts,
  repository: RepositoryRecord,
  change: Offered,
  signal?: AbortSignal,
): Promise<void> {
  const mirror = mirrorOf(parts, repository)
  if (await mirror.hasCommit(change.hash)) return
  const host = parts.hosts[repository.type]?.changes
  if (!host)
    throw new QaackError('conflict', `repositories of type ${repository.type} have no changes to be fetched`)
  await fetchOffered(mirror, host.ref(change.name), change, signal)
  if (await mirror.hasCommit(change.hash)) return
  // The ref says something else already, or not yet: hosts tell of a push before all of their servers know it.
  await mirror.fetchCommit(change.hash, signal).catch((error: unknown) => {
    if (!isGitFault(error, 'no-ref', 'other')) throw error
    throw new GitFailure(
      'no-ref',
      `commit ${change.hash.slice(0, 7)} of change ${change.name} is not there any more: another one was pushed in its place`,
      error,
    )
  })
}

/** Lets go of what was kept for a change that has ended. Its commits stay as long as the mirror does. Safe twice. */
export async function forgetChange(parts: Parts, repository: RepositoryRecord, name: string): Promise<void> {
  const mirror = mirrorOf(parts, repository)
  await mirror.run(['update-ref', '-d', `refs/qaack/${keptAs(name)}`]).catch((error: unknown) => {
    if (!isGitFault(error, 'corrupt')) throw error
  })
}

/** The present commit of the branch that a change is offered to; undefined if there is no such branch. */
export async function fetchTarget(
  parts: Parts,
  repository: RepositoryRecord,
  target: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const refs = await mirrorOf(parts, repository).fetch(signal)
  return refs.find(({ type, name }) => type === 'branch' && name === target)?.hash
}

async function fetchOffered(
  mirror: Mirror,
  ref: string,
  { name }: Offered,
  signal: AbortSignal | undefined,
): Promise<void> {
  try {
    await mirror.fetchRef(ref, keptAs(name), signal).catch(async (error: unknown) => {
      if (!isGitFault(error, 'corrupt')) throw error
      // Damaged, or not there yet.
      await mirror.fetch(signal)
      await mirror.fetchRef(ref, keptAs(name), signal)
    })
  } catch (error) {
    if (!isGitFault(error, 'no-ref')) throw error
    throw new GitFailure(
      'no-ref',
      `change ${name} is not at the git host any more (there is no ${ref}); close its preview, or look whether it was deleted`,
      error,
    )
  }
}

function keptAs(name: string): string {
  return `changes/${name}`
}
