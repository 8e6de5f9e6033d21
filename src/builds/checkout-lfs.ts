import { BuildFailure, messageOf } from '../errors.ts'
import { isGitFault } from '../repositories/git-failure.ts'
import type { Mirror } from '../repositories/mirror.ts'
import { reachable } from '../repositories/remote.ts'

/** Makes git put the files themselves where the tree has pointers to them. */
export const lfsConfig = {
  'filter.lfs.process': 'git-lfs filter-process',
  'filter.lfs.smudge': 'git-lfs smudge -- %f',
  'filter.lfs.clean': 'git-lfs clean -- %f',
  'filter.lfs.required': 'true',
}

/** Gets the large files of a commit into the mirror, so that the archive finds them there. */
export async function fetchLfs(mirror: Mirror, hash: string, signal: AbortSignal): Promise<void> {
  if (mirror.strangers && mirror.remote.address.kind !== 'http')
    throw new BuildFailure(
      'large files (git-lfs) of code from a fork are only fetched over http(s); switch lfs off for this checkout, or give the repository its https address',
    )
  await mirror.run(['lfs', 'version'], { signal }).catch((cause: unknown) => {
    signal.throwIfAborted()
    throw new BuildFailure(
      'lfs is switched on for this checkout, but git-lfs is not installed on the server; install it (Debian: apt install git-lfs) or switch lfs off',
      { cause },
    )
  })
  try {
    const remote = await reachable(mirror.remote)
    await mirror.run(['lfs', 'fetch', 'origin', hash], {
      remote,
      signal,
      seconds: 3600,
      config: { ...lfsConfig, 'remote.origin.url': remote.address.url },
    })
  } catch (error) {
    signal.throwIfAborted()
    if (isGitFault(error, 'disk')) throw error
    const alone = mirror.strangers ? ' (for code from a fork they are fetched without credentials)' : ''
    throw new BuildFailure(
      `the large files (git-lfs) of commit ${hash.slice(0, 7)} cannot be had${alone}: ${messageOf(error)}`,
      { cause: error },
    )
  }
}
