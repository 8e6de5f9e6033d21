import type { ListedRepository } from './read.ts'

/** An environment as lists of a repository name it. */
export interface ListedEnvironment {
  id: string
  name?: string | null | undefined
  gitRef: { name: string; type: string }
  status?: string | undefined
  repository: ListedRepository
}

/** Repositories that `given` may mean: by id, else by name, `group/name` counting as one. */
export function matchRepositories(given: string, repositories: ListedRepository[]): ListedRepository[] {
  const byId = repositories.filter(({ id }) => id === given)
  if (byId.length > 0) return byId
  return repositories.filter(({ name, group }) => given === name || given === `${group.name}/${name}`)
}

/**
 * Repositories whose name begins `given`, and the ref that is left of it: `shop/feature/x` is `feature/x` of `shop`,
 * or `x` of `shop/feature`, if both are there.
 */
export function splitRef(
  given: string,
  repositories: ListedRepository[],
): { repository: ListedRepository; ref: string }[] {
  return repositories.flatMap((repository) => {
    const heads = [repository.id, repository.name, `${repository.group.name}/${repository.name}`]
    const refs = heads
      .filter((head) => given.startsWith(`${head}/`))
      .map((head) => given.slice(head.length + 1))
    return [...new Set(refs)].filter((ref) => ref !== '').map((ref) => ({ repository, ref }))
  })
}

/** Environments of one repository that a ref may mean: `main`, or `tag:v1` where a branch is called the same. */
export function matchRef(ref: string, environments: ListedEnvironment[]): ListedEnvironment[] {
  const exact = environments.filter(({ gitRef }) => gitRef.name === ref)
  return exact.length > 0
    ? exact
    : environments.filter(({ gitRef }) => `${gitRef.type}:${gitRef.name}` === ref)
}

/** Environments that a name without a repository may mean: the readable name, else the ref. */
export function matchName(given: string, environments: ListedEnvironment[]): ListedEnvironment[] {
  // A clone has no readable name; its ref stands in for it.
  const named = environments.filter(({ name, gitRef }) => name === given && name !== gitRef.name)
  return named.length > 0 ? named : matchRef(given, environments)
}
