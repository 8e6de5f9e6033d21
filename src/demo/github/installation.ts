import { fullName, type Repository } from './repositories.ts'

/** Which repositories of the organisation the app reaches. Emulate knows only "all", for ever. */
export class Installation {
  readonly #account: string
  /** undefined = all, those to come too. */
  #chosen: Set<number> | undefined
  installed: boolean

  constructor(account: string, installed: boolean) {
    this.#account = account
    this.installed = installed
  }

  get selection(): 'all' | 'selected' {
    return this.#chosen ? 'selected' : 'all'
  }

  reaches(repository: Repository): boolean {
    if (!this.installed || repository.owner !== this.#account) return false
    return !this.#chosen || this.#chosen.has(repository.id)
  }

  choose(repositories: Repository[] | 'all'): void {
    this.#chosen = repositories === 'all' ? undefined : new Set(repositories.map(({ id }) => id))
  }
}

/** How GitHub names repositories in installation events. */
export function shortRecord(repository: Repository) {
  return {
    id: repository.id,
    node_id: Buffer.from(`0:Repository${repository.id}`).toString('base64').replace(/=+$/, ''),
    name: repository.name,
    full_name: fullName(repository),
    private: repository.private,
  }
}
