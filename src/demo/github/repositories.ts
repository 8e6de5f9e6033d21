import path from 'node:path'
import { makeBare } from './bare.ts'
import { textAt, numberAt, at } from './json.ts'

/** One repository: emulate's record has an id, and so has the folder of the bare one. */
export interface Repository {
  id: number
  owner: string
  name: string
  private: boolean
  defaultBranch: string
  ofOrganisation: boolean
  /** The repository it is a fork of. */
  parent: number | undefined
  dir: string
  /** Ids of commits, trees and files that emulate has. */
  mirrored: Set<string>
}

/** Who is where. Names are found in any case, old names of renamed repositories too, as on GitHub. */
export class Repositories {
  readonly #folder: string
  readonly #byId = new Map<number, Repository>()
  readonly #names = new Map<string, number>()

  constructor(folder: string) {
    this.#folder = folder
  }

  /** Makes the bare repository of a record of emulate (the JSON of `GET /repos/...`). */
  async add(record: unknown, parent?: number): Promise<Repository> {
    const id = numberAt(record, 'id')
    const repository: Repository = {
      id,
      owner: textAt(record, 'owner', 'login'),
      name: textAt(record, 'name'),
      private: at(record, 'private') === true,
      defaultBranch: textAt(record, 'default_branch') || 'main',
      ofOrganisation: textAt(record, 'owner', 'type') === 'Organization',
      parent,
      dir: path.join(this.#folder, `${id}.git`),
      mirrored: new Set(),
    }
    await makeBare(repository.dir, repository.defaultBranch)
    this.#byId.set(id, repository)
    this.#names.set(nameOf(repository), id)
    return repository
  }

  byId(id: number): Repository | undefined {
    return this.#byId.get(id)
  }

  byName(owner: string, name: string): Repository | undefined {
    return this.#byId.get(this.#names.get(`${owner}/${name}`.toLowerCase()) ?? -1)
  }

  all(): Repository[] {
    return [...this.#byId.values()]
  }

  forkOf(parent: Repository, owner: string): Repository | undefined {
    return this.all().find(
      (one) => one.parent === parent.id && one.owner.toLowerCase() === owner.toLowerCase(),
    )
  }

  /** The old name leads to it until somebody else takes it. */
  moved(repository: Repository, to: Partial<Pick<Repository, 'owner' | 'name' | 'ofOrganisation'>>): void {
    Object.assign(repository, to)
    this.#names.set(nameOf(repository), repository.id)
  }

  remove(repository: Repository): void {
    this.#byId.delete(repository.id)
  }
}

export function fullName(repository: Repository): string {
  return `${repository.owner}/${repository.name}`
}

function nameOf(repository: Repository): string {
  return fullName(repository).toLowerCase()
}
