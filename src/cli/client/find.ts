import { isId } from '../../ids.ts'
import { CliFailure, wrongUse } from '../terminal/failure.ts'
import { NotFound } from './explain.ts'
import type { Http } from './http.ts'
import { matchName, matchRef, matchRepositories, splitRef, type ListedEnvironment } from './match.ts'
import { listRepositories, read, readEach, readRepository, type ListedRepository } from './read.ts'
import {
  environmentShape,
  groupsShape,
  repositoryShape,
  type Environment,
  type Repository,
} from './shapes.ts'

/** The repository that an id, a name or `group/name` means. */
export async function findRepository(http: Http, given: string): Promise<Repository> {
  // A name of ten letters may look like an id: only the server knows.
  const direct = isId(given)
    ? await unlessMissing(read(http, `/api/repository/${given}`, repositoryShape))
    : undefined
  if (direct) return direct
  const found = matchRepositories(given, await listRepositories(http))
  const [one, ...others] = found
  if (!one) throw new CliFailure(`there is no repository ${given}; see qaack repo list`)
  if (others.length > 0)
    throw ambiguous(
      given,
      found.map((repository) => `${repository.id}  ${pathOf(repository)}`),
    )
  return readRepository(http, one.id)
}

/** The group that an id or a name means. */
export async function findGroup(http: Http, given: string): Promise<{ id: string; name: string }> {
  const groups = await read(http, '/api/groups', groupsShape)
  const group = groups.find(({ name }) => name === given) ?? groups.find(({ id }) => id === given)
  if (group) return group
  throw new CliFailure(`there is no group ${given}; there are ${groups.map(({ name }) => name).join(', ')}`)
}

/** The environment that an id, a readable name, `repository/ref` or a ref that only one repository has means. */
export async function findEnvironment(http: Http, given: string): Promise<Environment> {
  const found = await lookForEnvironment(http, given)
  if (found) return found
  throw new CliFailure(
    `there is no environment ${given}; see qaack env list --all, and qaack repo sync for what was pushed just now`,
  )
}

/** The same, or undefined where there is none. */
export async function lookForEnvironment(http: Http, given: string): Promise<Environment | undefined> {
  const direct = isId(given)
    ? await unlessMissing(read(http, `/api/environment/${given}`, environmentShape))
    : undefined
  if (direct) return direct
  const repositories = await listRepositories(http)
  const found =
    (await inRepositories(http, given, repositories)) ?? (await everywhere(http, given, repositories))
  const [one, ...others] = found
  if (!one) return undefined
  if (others.length > 0) throw ambiguous(given, found.map(describe))
  return read(http, `/api/environment/${one.id}`, environmentShape)
}

/** The environments of the repositories given, as their repositories list them. */
export async function listEnvironments(
  http: Http,
  repositories: ListedRepository[],
): Promise<ListedEnvironment[]> {
  const lists = await readEach(repositories, async (repository) => {
    const { environments } = await readRepository(http, repository.id)
    return environments.map((environment) => ({ ...environment, repository }))
  })
  return lists.flat()
}

/** `repository/ref`; undefined where no repository begins it. */
async function inRepositories(
  http: Http,
  given: string,
  repositories: ListedRepository[],
): Promise<ListedEnvironment[] | undefined> {
  const splits = splitRef(given, repositories)
  if (splits.length === 0) return undefined
  const matches = await readEach(splits, async ({ repository, ref }) =>
    matchRef(ref, await listEnvironments(http, [repository])),
  )
  return matches.flat()
}

async function everywhere(
  http: Http,
  given: string,
  repositories: ListedRepository[],
): Promise<ListedEnvironment[]> {
  return matchName(given, await listEnvironments(http, repositories))
}

/** An answer; undefined where there is no such thing. */
export async function unlessMissing<T>(answer: Promise<T>): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (error instanceof NotFound) return undefined
    throw error
  })
}

function ambiguous(given: string, candidates: string[]): CliFailure {
  return wrongUse(
    `${given} may mean several; give the id of one:\n${candidates.map((line) => `  ${line}`).join('\n')}`,
  )
}

function pathOf({ group, name }: ListedRepository): string {
  return `${group.name}/${name}`
}

function describe({ id, repository, gitRef, name }: ListedEnvironment): string {
  return `${id}  ${gitRef.type} ${gitRef.name} of ${pathOf(repository)}${name ? `  (${name})` : ''}`
}
