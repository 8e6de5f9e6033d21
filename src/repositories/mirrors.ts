import { join, resolve } from 'node:path'
import type { Parts } from '../parts.ts'
import { QaackError } from '../errors.ts'
import { createMirror, type Mirror } from './mirror.ts'
import type { Git } from './git.ts'
import { open } from '../secrets.ts'
import { inClear } from './params-secrets.ts'
import type { RepositoryRecord } from './repository.ts'

/** One mirror of each repository in a process, so that fetches of the same one meet. */
const known = new WeakMap<Git, Map<string, { key: string; mirror: Mirror }>>()

/** The mirror of a repository, below `data_dir`. Nothing is fetched yet. */
export function mirrorOf(parts: Parts, repository: RepositoryRecord): Mirror {
  const mirrors = known.get(parts.git) ?? new Map<string, { key: string; mirror: Mirror }>()
  known.set(parts.git, mirrors)
  const key = JSON.stringify([repository.type, repository.params])
  const found = mirrors.get(repository.id)
  if (found?.key === key) return found.mirror
  const made = makeMirror(parts, repository)
  const mirror = { ...made, remove: () => made.remove().finally(() => mirrors.delete(repository.id)) }
  mirrors.set(repository.id, { key, mirror })
  return mirror
}

function makeMirror(parts: Parts, repository: RepositoryRecord): Mirror {
  const { config, hosts, git, clock, secretKey, store } = parts
  const host = hosts[repository.type]
  if (!host)
    throw new QaackError(
      'invalid',
      `repositories of type ${repository.type} are not supported by this server`,
      { path: 'type' },
    )
  const dir = join(resolve(config.dataDir), 'mirrors', `${repository.id}.git`)
  // Made beside the repository, so it may come later than the mirror.
  const sshKey = async () => {
    const now = await store.get('repository', repository.id)
    return now?.sshKey ? open(secretKey, now.sshKey.private) : undefined
  }
  const remote = { ...host.remote(inClear(secretKey, repository)), sshKey }
  return createMirror({ dir, remote, git, clock })
}
