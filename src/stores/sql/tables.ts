import type { Generated } from 'kysely'
import type { Filters, Kind, Records } from '../store.ts'

/** The tables as Kysely sees them. Whole records are kept as JSON text; what can be asked for has a column beside it. */
export interface Tables extends Record<TableOf[Kind], RecordRow> {
  events: EventRow
  log_chunks: LogChunkRow
  counters: { name: string; value: number }
}

export interface RecordRow {
  /** Order of insertion. */
  seq: Generated<number>
  id: string
  version: number
  record: string
}

export interface EventRow {
  seq: number
  repository_id: string | null
  environment_id: string | null
  record: string
}

export interface LogChunkRow {
  log_id: string
  /** Offset in the log and length, in UTF-16 code units of the text before it was escaped. */
  start: number
  length: number
  text: string
}

export const tables = {
  group: 'groups',
  repository: 'repositories',
  environment: 'environments',
  build: 'builds',
  token: 'tokens',
  variable: 'variables',
  delivery: 'deliveries',
  change: 'changes',
  report: 'reports',
  reusable: 'reusables',
} as const satisfies Record<Kind, string>

type TableOf = typeof tables

type Columns<K extends Kind> = Record<keyof Filters[K], string | number | null>

/** What of each record goes into the columns that can be asked for. */
export const columnsOf: { [K in Kind]: (record: Records[K]) => Columns<K> } = {
  group: ({ name }) => ({ name }),
  // Of several kinds of host, two may give the same key to different repositories.
  repository: ({ groupId, name, type, params }) => ({
    groupId,
    name,
    hostKey: params.hostKey === undefined ? null : `${type}:${params.hostKey}`,
  }),
  environment: ({ repositoryId, state, name, ref }) => ({
    repositoryId,
    state,
    name,
    refType: ref.type,
    refName: ref.name,
  }),
  build: ({ environmentId, repositoryId, status, number }) => ({
    environmentId,
    repositoryId,
    status,
    number,
  }),
  token: ({ name, hash }) => ({ name, hash }),
  variable: ({ owner, name }) => ({ ownerId: owner.id, name }),
  delivery: ({ host, deliveryId, status }) => ({ host, deliveryId, status }),
  change: ({ repositoryId, name, state }) => ({ repositoryId, name, state }),
  report: () => ({}),
  reusable: ({ repositoryId, environmentId, label, purpose, status }) => ({
    repositoryId,
    environmentId,
    label,
    purpose,
    status,
  }),
}

/** Column of a filter's field: `repositoryId` -> `repository_id`. */
export function columnName(field: string): string {
  return field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)
}

/** What is said when a record of this kind meets one that has its place already. */
export const taken: Record<Kind, string> = {
  group: 'A group of this name exists already.',
  repository: 'A repository of this name exists already in the group.',
  environment: 'Another environment has this readable name already.',
  build: 'A build of this number exists already in the environment.',
  token: 'A token of this name exists already.',
  variable: 'A variable of this name exists already there.',
  delivery: 'This delivery was received already.',
  change: 'This change of the repository is known already.',
  report: 'There is a report on this change already.',
  reusable: 'There is a reusable of this id already.',
}
