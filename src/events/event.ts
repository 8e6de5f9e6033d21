/** One decision, with its reason: what happened to a delivery, a ref, an environment, a build. */
export interface EventRecord {
  /** Grows by the order of writing; the store gives it. */
  seq: number
  at: number
  kind: EventKind
  repositoryId: string | null
  environmentId: string | null
  buildId: string | null
  /** A sentence for people. */
  message: string
}

export type EventKind =
  | 'delivery'
  | 'ignored'
  | 'repository'
  | 'ref'
  | 'change'
  | 'command'
  | 'report'
  | 'environment'
  | 'build'
  | 'service'
  | 'expiry'
  | 'schedule'
  | 'cleanup'
  | 'token'
  | 'fault'
