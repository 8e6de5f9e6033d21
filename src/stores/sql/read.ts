import type { Kysely } from 'kysely'
import type { EventRecord } from '../../events/event.ts'
import type { EventFilter, Filters, Kind, Records } from '../store.ts'
import { columnName, tables } from './tables.ts'
import type { Tables } from './tables.ts'
import { keyText } from './text.ts'

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
  let query = db.selectFrom(tables[kind] as AnyTable).select('record')
  for (const [field, value] of Object.entries<Wanted>(filter ?? {})) {
    if (value === undefined) continue
    const values = [value].flat().map((one) => (typeof one === 'string' ? keyText(one) : one))
    if (values.length === 0) return []
    query = query.where(db.dynamic.ref<string>(columnName(field)), 'in', values)
  }
  const rows = await query.orderBy('seq').execute()
  return rows.map((row) => JSON.parse(row.record) as Records[K])
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
