import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { SqlDialect } from '../sql/dialect.ts'
import type { Tables } from '../sql/tables.ts'

/** Changes and what is reported on them; repositories that a git host names; settings and builds that know of both. */
export async function up(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  await table('changes', ['repository_id', 'name', 'state'])
  await db.schema
    .createIndex('changes_repository_id_name')
    .unique()
    .on('changes')
    .columns(['repository_id', 'name'])
    .execute()
  await db.schema.createIndex('changes_state').on('changes').column('state').execute()
  await table('reports', [])
  await db.schema.alterTable('repositories').addColumn('host_key', 'text').execute()
  await db.schema.createIndex('repositories_host_key').on('repositories').column('host_key').execute()
  await amend(db, 'repositories', addSettings)
  await amend(db, 'builds', (record) => ({ ...record, source: null, faults: [] }))

  async function table(name: string, columns: string[]): Promise<void> {
    let builder = db.schema
      .createTable(name)
      .addColumn('seq', sql.raw(dialect.growingKey), (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('version', 'bigint', (column) => column.notNull())
    for (const column of columns) builder = builder.addColumn(column, 'text')
    await builder.addColumn('record', 'text', (column) => column.notNull()).execute()
  }
}

type Json = Record<string, unknown>

/** As they stood in the first version, with what that version did as the new settings' values. */
function addSettings(record: Json): Json {
  const settings = record['settings'] as Json
  const webhook = settings['webhook'] as Json
  return {
    ...record,
    settings: {
      ...settings,
      webhook: { ...webhook, paths: [], pathsIgnore: [], drafts: true, labels: [], labelsIgnore: [] },
      change: { build: 'merge', forkQaackFile: 'base' },
      report: { comment: true, status: true, check: true, deployment: true },
    },
  }
}

async function amend(
  db: Kysely<Tables>,
  name: 'repositories' | 'builds',
  edit: (record: Json) => Json,
): Promise<void> {
  const rows = await db.selectFrom(name).select(['id', 'record']).execute()
  for (const { id, record } of rows) {
    const edited = JSON.stringify(edit(JSON.parse(record) as Json))
    await db.updateTable(name).set({ record: edited }).where('id', '=', id).execute()
  }
}
