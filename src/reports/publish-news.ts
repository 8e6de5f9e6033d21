import type { ChangeRecord } from '../changes/change.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import type { Committed, Store } from '../stores/store.ts'

/** Which changes are open or have environments, and what they were when they were looked at last: to see what another server wrote. */
export class Watched {
  readonly #store: Store
  /** Change -> versions of it and of its environments. */
  #seen = new Map<string, string>()
  /** Environment -> change; also of one that is gone since. */
  #environments = new Map<string, string>()

  constructor(store: Store) {
    this.#store = store
  }

  /** Of the changes that nothing was written about since the last call, none; at the first call all. */
  async differing(): Promise<string[]> {
    const changes = await this.#store.list('change', { state: 'open' })
    const environments = await this.#store.list('environment', { refType: 'change' })
    const byRef = new Map(changes.map((change) => [refOf(change), change.id]))
    const versions = new Map(changes.map(({ id, version }) => [id, [`${version}`]]))
    const owners = new Map<string, string>()
    for (const environment of environments) {
      const id = byRef.get(refOf(environment)) ?? (await this.#changeOf(environment))
      if (id === undefined) continue
      owners.set(environment.id, id)
      versions.set(id, [...(versions.get(id) ?? []), `${environment.id} ${environment.version}`])
    }
    const now = new Map([...versions].map(([id, list]) => [id, list.join(', ')]))
    const before = this.#seen
    this.#seen = now
    this.#environments = owners
    return [...new Set([...now.keys(), ...before.keys()])].filter((id) => now.get(id) !== before.get(id))
  }

  /** Changes of which something may be left to say, by what was written down: read once, when all begins. */
  async unfinished(): Promise<string[]> {
    const reports = await this.#store.list('report')
    return reports.filter(({ rests }) => !rests).map(({ id }) => id)
  }

  /** The change that an environment belongs to; undefined for a branch's. */
  async ofEnvironment(id: string): Promise<string | undefined> {
    const environment = await this.#store.get('environment', id)
    if (!environment) return this.#environments.get(id)
    const change = await this.#changeOf(environment)
    if (change !== undefined) this.#environments.set(id, change)
    return change
  }

  async #changeOf({ repositoryId, ref }: EnvironmentRecord): Promise<string | undefined> {
    if (ref.type !== 'change') return undefined
    const [change] = await this.#store.list('change', { repositoryId, name: ref.name })
    return change?.id
  }
}

/** The changes that commits were about. */
export async function newsOf(store: Store, watched: Watched, news: Committed[]): Promise<Set<string>> {
  const ids = new Set<string>()
  for (const { kind, id } of news) {
    const build = kind === 'build' ? await store.get('build', id) : undefined
    const environment = kind === 'environment' ? id : build?.environmentId
    const change = kind === 'change' ? id : environment && (await watched.ofEnvironment(environment))
    if (change) ids.add(change)
  }
  return ids
}

function refOf(owned: ChangeRecord | EnvironmentRecord): string {
  return `${owned.repositoryId} ${'ref' in owned ? owned.ref.name : owned.name}`
}
