import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { SqlDialect } from '../sql/dialect.ts'
import type { Tables } from '../sql/tables.ts'

/** Saved images of services; rebuilds beside what answers; settings and keys of repositories. */
export async function up(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  const columns = ['repository_id', 'environment_id', 'label', 'purpose', 'status'] as const
  let builder = db.schema
    .createTable('reusables')
    .addColumn('seq', sql.raw(dialect.growingKey), (column) => column.primaryKey())
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('version', 'bigint', (column) => column.notNull())
  for (const column of columns) builder = builder.addColumn(column, 'text')
  await builder.addColumn('record', 'text', (column) => column.notNull()).execute()
  for (const column of ['repository_id', 'environment_id'] as const)
    await db.schema.createIndex(`reusables_${column}`).on('reusables').column(column).execute()
  await amend(db, 'environments', withGenerations)
  await amend(db, 'builds', (record) => ({ ...record, start: 'reuse', reusableId: null }))
  await amend(db, 'repositories', withKeyAndSettings)
}

type Json = Record<string, unknown>

/** There was one generation at a time. */
function withGenerations(record: Json): Json {
  const { generation, subnet, services } = record
  return {
    ...record,
    services: (services as Json[]).map((service) => ({ ...service, generation })),
    networkGeneration: subnet === null ? null : generation,
    standing: null,
    reusable: { used: null, saved: [], why: '' },
  }
}

function withKeyAndSettings(record: Json): Json {
  const settings = {
    ...(record['settings'] as Json),
    scheduledRebuild: { mode: 'disabled', hour: '03:00' },
    rebuild: 'beside',
    reset: false,
    limits: { memory: 0, cpus: 0, pids: 0 },
  }
  return { ...record, sshKey: null, rebuiltAt: null, settings }
}

async function amend(
  db: Kysely<Tables>,
  name: 'environments' | 'builds' | 'repositories',
  edit: (record: Json) => Json,
): Promise<void> {
  const rows = await db.selectFrom(name).select(['id', 'record']).execute()
  for (const { id, record } of rows) {
    const edited = JSON.stringify(edit(JSON.parse(record) as Json))
    await db.updateTable(name).set({ record: edited }).where('id', '=', id).execute()
  }
}
