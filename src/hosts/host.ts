import type { Remote } from '../repositories/remote.ts'
import type { RepositoryParams, RepositoryRecord } from '../repositories/repository.ts'
import type { HostEvent } from './event.ts'

/**
 * Where repositories live: one kind of git host.
 *
 * Contract:
 * - `check` comes first, once for each repository that is added; the other methods get a repository whose params came
 *   from it, with its secrets in clear, and never fail because of the params.
 * - Nothing here talks to the network or keeps state; every method may run at any time, and twice.
 * - Secrets come in and go out in clear; whoever keeps them seals them. None is ever part of an error.
 */
export interface GitHost {
  /** The params of a new repository: checked, complete, secrets apart from addresses. QaackError `invalid` names the field. */
  check(params: Record<string, unknown>): RepositoryParams
  /** How its refs and commits are fetched. */
  remote(repository: RepositoryRecord): Remote
  /** What people and templates may know of it; nothing secret. Also for a repository whose secrets are sealed. */
  describe(repository: RepositoryRecord): Description
  /** What a webhook call means. A call that does not prove where it comes from is `refused`. */
  receive(delivery: Delivery, repository: RepositoryRecord): Received
}

export interface Description {
  /** Page of the repository for people; null if there is none. */
  webUrl: string | null
  /** What `RepositoryParam` answers in templates, e.g. `GitlabProjectGroup`. */
  templateParams: Record<string, string>
}

export interface Delivery {
  /** Lower-case names. */
  headers: Readonly<Record<string, string | undefined>>
  /** As it came over the wire: signatures are of these bytes. */
  body: Buffer
}

export type Received =
  | { events: HostEvent[] }
  /** Not for us; a sentence why. */
  | { ignored: string }
  /** Not believed; a sentence why. */
  | { refused: string }
