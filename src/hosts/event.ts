/** What a git host told us, in our own words: the same for every kind of host. */
export type HostEvent =
  /** Something about its branches or tags is new: look at them. null = the repository that the call was addressed to. */
  | { kind: 'refs-changed'; repository: HostRepository | null }
  /** A change as it is now, opened or closed, whatever happened to it. */
  | { kind: 'change'; repository: HostRepository; change: ToldChange }
  | { kind: 'comment'; repository: HostRepository; change: string; comment: HostComment }
  /** Somebody asked at the host for the build of a commit to be run once more. */
  | { kind: 'rerun'; repository: HostRepository; hash: string; by: string }
  /** Both empty: something is different and the host does not say what; compare with `GitHost.repositories`. */
  | { kind: 'repositories'; appeared: HostRepository[]; gone: HostRepository[] }
  /** Renamed or moved to another owner; `repository` is as it is now. */
  | { kind: 'repository-moved'; repository: HostRepository }

/** A repository as its host knows it. */
export interface HostRepository {
  /** The host's own lasting name of it, the same after a rename; what `params.hostKey` of the record holds. */
  key: string
  owner: string
  name: string
  /** Params for a record of it, as `GitHost.check` takes them. */
  params: Record<string, unknown>
  /** False where it was spoken of without being given to us: if it is not known, it stays so. */
  connects?: boolean
}

/** A pull or merge request. */
export interface HostChange {
  /** Its number. */
  name: string
  title: string
  author: string
  /** Branch it comes from, and the one it is offered to. */
  source: string
  target: string
  /** Commit that is offered. */
  hash: string
  /** Its code comes from another repository. */
  fork: boolean
  draft: boolean
  labels: string[]
  state: 'open' | 'closed' | 'merged'
  /** Page for people. */
  url: string
  /** When the host last changed it, ms since 1970, to the second: what tells of an older time is not believed. */
  updatedAt: number
}

/** A change as an event tells of it. */
export interface ToldChange extends Omit<HostChange, 'author'> {
  /** null where the event does not say: it never changes. */
  author: string | null
}

export interface HostComment {
  id: string
  text: string
  /** What an edited one said before; null for a new one, undefined where the host does not say what it was. */
  before: string | null | undefined
  author: string
  /** Written by this very server. */
  ours: boolean
}
