import type { Parts } from '../parts.ts'
import { inClear } from '../repositories/params-secrets.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import { open } from '../secrets.ts'
import type { VariableRecord } from '../stores/store.ts'
import { isRemembered } from './keep.ts'
import { createMasker, type Masker } from './mask.ts'

type Needed = Pick<Parts, 'store' | 'secretKey' | 'clock'>

/**
 * Hides what a repository's services may know and nobody is to read: its secret variables and those of its group, also such
 * as were replaced or deleted not long ago, the files among them, its SSH key, and how its code is reached. A secret that
 * cannot be opened is QaackError `invalid_config`: better nothing is shown than too much.
 */
export async function maskerFor(parts: Needed, repository: RepositoryRecord): Promise<Masker> {
  return createMasker(await secretsOf(parts, repository))
}

/** What `maskerFor` hides, in clear. */
export async function secretsOf(parts: Needed, repository: RepositoryRecord): Promise<string[]> {
  const lists = await Promise.all(
    [repository.id, repository.groupId].map((ownerId) => parts.store.list('variable', { ownerId })),
  )
  const { password, token } = inClear(parts.secretKey, repository).params
  const sealed = lists.flat().flatMap((variable) => sealedOf(parts, variable))
  if (repository.sshKey) sealed.push(repository.sshKey.private)
  const own = [password, token].filter((one) => one !== undefined)
  return [...own, ...sealed.map((one) => open(parts.secretKey, one))]
}

/** The same, by the repository's id; of one that is gone nothing is known, and so nothing is hidden. */
export async function maskerOf(parts: Needed, repositoryId: string): Promise<Masker> {
  const repository = await parts.store.get('repository', repositoryId)
  return repository ? maskerFor(parts, repository) : createMasker([])
}

function sealedOf(parts: Needed, { type, value, removedAt, former = [] }: VariableRecord): string[] {
  const present = type === 'text' || removedAt !== undefined ? [] : [value]
  return [...present, ...former.filter((one) => isRemembered(parts, one)).map((one) => one.value)]
}
