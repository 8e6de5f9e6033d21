import type { ChangeRecord } from '../../../src/changes/change.ts'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import { createEnvironment, emptyEnvironment } from '../../../src/environments/lifecycle.ts'
import { createGitHost } from '../../../src/hosts/git/git-host.ts'
import type { ChangeHost } from '../../../src/hosts/host.ts'
import { newId } from '../../../src/ids.ts'
import type { RepositoryRecord, RepositorySettings } from '../../../src/repositories/repository.ts'
import { openHouse } from '../environments/house.ts'

export type House = Awaited<ReturnType<typeof openHouse>>

const unused = () => Promise.reject(new Error('a build asks the host nothing'))

/** Of all that a host knows about changes, builds only need to know where their code is. */
export const changes: ChangeHost = {
  shows: [],
  ref: (name) => `refs/pull/${name}/head`,
  list: unused,
  mayWrite: unused,
  publish: unused,
  answer: unused,
}

/** A house whose repository is at a host with changes. */
export async function openHouseWithChanges(...given: Parameters<typeof openHouse>): Promise<House> {
  const house = await openHouse(...given)
  house.parts.hosts.generic = { ...createGitHost(), changes }
  return house
}

/** The house, and its end as the end of whatever is built around it. */
export function disposing(house: House) {
  return { house, [Symbol.asyncDispose]: () => house[Symbol.asyncDispose]() }
}

export function changeOf(
  house: Pick<House, 'repositoryId'>,
  hash: string,
  more: Partial<ChangeRecord> = {},
): ChangeRecord {
  return {
    id: newId(),
    version: 0,
    repositoryId: house.repositoryId,
    name: '12',
    title: 'A new look',
    author: 'ada',
    source: 'feature',
    target: 'main',
    hash,
    fork: false,
    draft: false,
    labels: [],
    state: 'open',
    url: 'https://git.example/shop/pull/12',
    updatedAt: 1,
    approved: null,
    verdict: null,
    movedAt: null,
    knownAt: 1,
    ...more,
  }
}

/** Offers a commit as change 12, as hosts do: under a ref of its own. */
export async function offer(
  house: Pick<House, 'parts' | 'origin' | 'repositoryId'>,
  hash: string,
  more: Partial<ChangeRecord> = {},
): Promise<{ change: ChangeRecord; environmentId: string }> {
  const change = changeOf(house, hash, more)
  house.origin.git('update-ref', `refs/pull/${change.name}/head`, hash)
  // Of a fork nothing else is in the repository.
  if (change.fork) house.origin.git('branch', '-D', change.source)
  const ref = { type: 'change', name: change.name, hash } as const
  const environment = emptyEnvironment(house.repositoryId, ref, null, house.parts.clock.now())
  await house.parts.store.commit([
    { insert: 'change', record: change },
    { insert: 'environment', record: environment },
  ])
  return { change, environmentId: environment.id }
}

/** Builds what is offered to its end. */
export async function built(house: House, environmentId: string, wish: { build?: boolean } = {}) {
  await createEnvironment(house.parts, environmentId, wish)
  return ended(house, environmentId)
}

export async function ended(house: House, environmentId: string) {
  const read = async () => (await house.parts.store.get('environment', environmentId)) as EnvironmentRecord
  await house.untilSo(
    async () => ['built', 'failed', 'created'].includes((await read()).state),
    `change built: ${(await read()).state}`,
  )
  const environment = await read()
  const builds = await house.parts.store.list('build', { environmentId })
  const build = builds.at(-1)
  if (!build) throw new Error('there is no build')
  const { text: log } = await house.parts.store.readLog(build.id)
  const container = [...house.engine.containers.values()].find(
    ({ labels }) => labels['qaack.environment'] === environmentId,
  )
  return { environment, build, log, container }
}

export async function repositoryOf(house: House): Promise<RepositoryRecord> {
  return (await house.parts.store.get('repository', house.repositoryId)) as RepositoryRecord
}

export async function setChange(house: House, change: Partial<RepositorySettings['change']>): Promise<void> {
  const record = await repositoryOf(house)
  const settings = { ...record.settings, change: { ...record.settings.change, ...change } }
  await house.parts.store.commit([{ save: 'repository', record: { ...record, settings } }])
}
