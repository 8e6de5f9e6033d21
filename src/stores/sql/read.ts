import type { Kysely } from 'kysely'
import type { EventRecord } from '../../events/event.ts'
import type { EventFilter, Filters, Kind, Records } from '../store.ts'
import { columnName, tables } from './tables.ts'
import type { Tables } from './tables.ts'
import { keyText, unescapeText } from './text.ts'

export async function findRecord<K extends Kind>(
  db: Kysely<Tables>,
  kind: K,
  id: string,
): Promise<Records[K] | undefined> {
  const row = await db
    .selectFrom(tables[kind] as AnyTable)
    .select('record')
    .where('id', '=', keyText(id))
    .executeTakeFirst()
  return row && (JSON.parse(row.record) as Records[K])
}

export async function findRecords<K extends Kind>(
  db: Kysely<Tables>,
  kind: K,
  filter: Filters[K] | undefined,
): Promise<Records[K][]> {
  const rows = await matching(db, kind, filter)?.select('record').execute()
  return rows?.map((row) => JSON.parse(row.record) as Records[K]) ?? []
}

export async function findIds<K extends Kind>(
  db: Kysely<Tables>,
  kind: K,
  filter: Filters[K] | undefined,
  limit: number | undefined,
): Promise<string[]> {
  const query = matching(db, kind, filter)?.select('id')
  const rows = await (limit === undefined ? query : query?.limit(limit))?.execute()
  return rows?.map((row) => unescapeText(row.id)) ?? []
}

/** Rows in the order of their insertion; undefined where none can match. */
function matching<K extends Kind>(db: Kysely<Tables>, kind: K, filter: Filters[K] | undefined) {
  let query = db.selectFrom(tables[kind] as AnyTable).orderBy('seq')
  for (const [field, value] of Object.entries<Wanted>(filter ?? {})) {
    if (value === undefined) continue
    const values = [value].flat().map((one) => (typeof one === 'string' ? keyText(one) : one))
    if (values.length === 0) return undefined
    query = query.where(db.dynamic.ref<string>(columnName(field)), 'in', values)
  }
  return query
}

type Wanted = string | number | string[] | undefined

/** All tables of records look alike; naming one of them spares Kysely's types the union. */
type AnyTable = (typeof tables)['group']

/** In the order of `seq`. */
export async function findEvents(db: Kysely<Tables>, filter: EventFilter): Promise<EventRecord[]> {
  const { since, repositoryId, environmentId, limit = 100 } = filter
  let query = db.selectFrom('events').select('record').limit(limit)
  if (repositoryId !== undefined) query = query.where('repository_id', '=', keyText(repositoryId))
  if (environmentId !== undefined) query = query.where('environment_id', '=', keyText(environmentId))
  query = since === undefined ? query.orderBy('seq', 'desc') : query.where('seq', '>', since).orderBy('seq')
  const events = (await query.execute()).map((row) => JSON.parse(row.record) as EventRecord)
  return since === undefined ? events.reverse() : events
}
