/** What a git host told us, in our own words: the same for every kind of host. */
export type HostEvent =
  | { kind: 'refs-changed' }
  | {
      kind: 'push'
      ref: { type: 'branch' | 'tag'; name: string }
      hash: string | null
      sender: Person | null
    }
  | { kind: 'change-opened' | 'change-updated' | 'change-closed'; change: HostChange; sender: Person | null }
  | { kind: 'comment'; change: string; id: string; text: string; sender: Person }

/** A pull or merge request. */
export interface HostChange {
  /** Its number. */
  name: string
  title: string
  author: string
  source: string
  target: string
  /** Commit that is offered. */
  hash: string
  /** Its code comes from another repository. */
  fork: boolean
  merged: boolean
}

export interface Person {
  name: string
  /** May they write to the repository; null = the host does not say. */
  mayWrite: boolean | null
}
