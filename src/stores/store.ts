import type { BuildRecord } from '../builds/build.ts'
import type { ReusableRecord } from '../builds/reusable.ts'
import type { ChangeRecord } from '../changes/change.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import type { EventRecord } from '../events/event.ts'
import type { HostEvent } from '../hosts/event.ts'
import type { ReportRecord } from '../reports/report.ts'
import type { GroupRecord, RepositoryRecord, RepositoryType } from '../repositories/repository.ts'

/** Every kind of record that is kept, by name. Each has an `id` and a `version`. */
export interface Records {
  group: GroupRecord
  repository: RepositoryRecord
  environment: EnvironmentRecord
  build: BuildRecord
  token: TokenRecord
  variable: VariableRecord
  delivery: DeliveryRecord
  change: ChangeRecord
  report: ReportRecord
  reusable: ReusableRecord
}

export type Kind = keyof Records

export interface TokenRecord {
  id: string
  version: number
  name: string
  /** SHA-256 of the token, hex. The token itself is shown once and not kept. */
  hash: string
  readOnly: boolean
  createdAt: number
  /** null = never. */
  expiresAt: number | null
}

/** A custom variable of a group or a repository. */
export interface VariableRecord {
  id: string
  version: number
  owner: { kind: 'group' | 'repository'; id: string }
  name: string
  /** Sealed (see secrets.ts). */
  value: string
  visibility: 'always' | 'buildtime'
  type: 'text' | 'file' | 'secret'
  path: string | null
  /** Secrets that it held until then, sealed: what was made before may still know them. ms since 1970. */
  former?: { value: string; until: number }[]
  /** It was deleted, and only `former` counts. */
  removedAt?: number
}

/** A webhook call as it came, kept before it is answered. */
export interface DeliveryRecord {
  id: string
  version: number
  host: RepositoryType
  /** The sender's id of the delivery, unique per host; the same one twice does its work once. */
  deliveryId: string
  repositoryId: string | null
  event: string
  /** What it means, as its host said when it came; empty once it is done. */
  events: HostEvent[]
  receivedAt: number
  status: 'waiting' | 'done' | 'failed'
  /** The decision; of one that waits, why it could not be handled yet, if that was tried. */
  reason: string
}

/** A write. `insert` and `save` take the whole record; `save` and `remove` name the version that was read. */
export type Change =
  | { [K in Kind]: { insert: K; record: Records[K] } }[Kind]
  | { [K in Kind]: { save: K; record: Records[K] } }[Kind]
  | { [K in Kind]: { remove: K; id: string; version: number } }[Kind]
  | { event: Omit<EventRecord, 'seq'> }

/**
 * What the columns allow to be asked for; equality on each given field, all of them together. A list value means
 * "one of these".
 */
export interface Filters {
  group: { name?: string }
  /** `hostKey` is `<type>:<params.hostKey>`, e.g. `github:186853002`. */
  repository: { groupId?: string; name?: string; hostKey?: string }
  environment: {
    repositoryId?: string
    state?: EnvironmentRecord['state'] | EnvironmentRecord['state'][]
    name?: string
    refType?: string
    refName?: string
  }
  build: {
    environmentId?: string
    repositoryId?: string
    status?: BuildRecord['status'] | BuildRecord['status'][]
    number?: number
  }
  token: { name?: string; hash?: string }
  variable: { ownerId?: string; name?: string }
  delivery: { host?: string; deliveryId?: string; status?: DeliveryRecord['status'] }
  change: { repositoryId?: string; name?: string; state?: ChangeRecord['state'] }
  report: Record<never, never>
  reusable: {
    repositoryId?: string
    environmentId?: string
    label?: string
    purpose?: ReusableRecord['purpose']
    status?: ReusableRecord['status']
  }
}

export interface EventFilter {
  /** Only events with a greater `seq`. */
  since?: number
  repositoryId?: string
  environmentId?: string
  /** At most this many, the newest ones if `since` is absent, the oldest ones after `since` otherwise. Default 100. */
  limit?: number
}

/** What a watcher is told: that something of this kind was committed by this process. */
export type Committed =
  { kind: Kind; id: string; removed: boolean } | { kind: 'event'; id: string } | { kind: 'log'; id: string }

/**
 * Where everything is kept.
 *
 * Contract:
 * - `commit` is all or nothing and durable when it resolves: a kill right after it loses nothing.
 * - A record's `version` is 1 after `insert` and grows by one with each `save`, by the store, whatever the record given
 *   says beyond the version that was read. If a record was changed or removed since it was read, or an insert meets a
 *   unique value that exists, the whole commit is refused with `Conflict`; reload, decide again.
 * - Unique: group.name; repository (groupId, name); environment.name; build (environmentId, number); token.name and hash;
 *   variable (owner.id, name); delivery (host, deliveryId); change (repositoryId, name).
 * - Changes of one commit are done in the order given, its events after them. `seq` becomes visible in growing order:
 *   who asks for what came since the last one seen misses none.
 * - At once: every method may be called at any time; a reader sees commits whole or not at all.
 * - Records are plain data and belong to the caller: changing one changes nothing here.
 * - A database that does not answer is QaackError `store_unavailable`; a full disk is `disk_full`.
 * - Every string comes back as it was given, in records, events and logs: also NUL and half of a surrogate pair.
 * - Logs are text, appended in order, kept when what they tell of is gone. Offsets count UTF-16 code units, as
 *   JavaScript strings do. `end` of what was read is the offset to ask from for what comes next.
 */
export interface Store {
  get<K extends Kind>(kind: K, id: string): Promise<Records[K] | undefined>
  /** All that match, in the order of their insertion. */
  list<K extends Kind>(kind: K, filter?: Filters[K]): Promise<Records[K][]>
  /** Only the ids of the same, of the first `limit` of them: for what may be too much to be read at once. Ids are short. */
  ids<K extends Kind>(kind: K, filter?: Filters[K], limit?: number): Promise<string[]>
  commit(changes: Change[]): Promise<void>
  /** In the order of `seq`. */
  events(filter: EventFilter): Promise<EventRecord[]>
  appendLog(logId: string, text: string): Promise<void>
  /** Text from `offset` on, at most `limit` long (default all); negative offset counts from the end. */
  readLog(
    logId: string,
    offset?: number,
    limit?: number,
  ): Promise<{ text: string; start: number; end: number }>
  /** `listener` is called after each commit and append of this process, until the returned function is called. It must not throw. */
  watch(listener: (committed: Committed) => void): () => void
  /** Resolves if the store can be read and written. */
  check(): Promise<void>
  /** Safe twice. */
  close(): Promise<void>
}

export class Conflict extends Error {
  readonly kind: Kind

  constructor(kind: Kind, message: string) {
    super(message)
    this.name = 'Conflict'
    this.kind = kind
  }
}
