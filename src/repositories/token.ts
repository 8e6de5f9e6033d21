import { QaackError } from '../errors.ts'
import { note } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import { keepHookBeside } from './hooks.ts'
import { sealParams } from './params-secrets.ts'
import type { RepositoryRecord } from './repository.ts'
import { existing, saveRepository } from './save.ts'

/**
 * Gives a repository another access token, for one that expired or lacks a right: all that is kept of it stays. QaackError
 * `conflict` for a repository that is not read with a token, or not as things stand.
 */
export async function changeToken(parts: Parts, id: string, token: string): Promise<RepositoryRecord> {
  const known = await existing(parts, id)
  const { name, type } = known
  const host = parts.hosts[type]?.changes
  if (!host) {
    const message = `repositories of type ${type} have no token; delete ${name} and add it with the other password`
    throw new QaackError('conflict', message)
  }
  const unused = await host.unusedToken?.(known)
  if (typeof unused === 'string') throw new QaackError('conflict', unused)
  const record = await saveRepository(parts, id, (now) => ({
    ...now,
    params: { ...now.params, ...sealParams(parts.secretKey, { origin: now.params.origin, token }) },
  }))
  await note(parts, 'repository', `repository ${name} has another token now`, { repositoryId: id })
  keepHookBeside(parts, record)
  return record
}
