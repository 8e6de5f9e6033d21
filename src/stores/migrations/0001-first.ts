import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { SqlDialect } from '../sql/dialect.ts'
import type { Tables } from '../sql/tables.ts'

/** Everything of the first version. */
export async function up(db: Kysely<Tables>, dialect: SqlDialect): Promise<void> {
  await records('groups', { name: 'text' }, ['name'])
  await records('repositories', { group_id: 'text', name: 'text' }, ['group_id', 'name'])
  await records(
    'environments',
    { repository_id: 'text', state: 'text', name: 'text', ref_type: 'text', ref_name: 'text' },
    ['name'],
    [['repository_id', 'ref_type', 'ref_name'], ['state']],
  )
  await records(
    'builds',
    { environment_id: 'text', repository_id: 'text', status: 'text', number: 'bigint' },
    ['environment_id', 'number'],
    [['repository_id'], ['status']],
  )
  await records('tokens', { name: 'text', hash: 'text' }, ['name'])
  await db.schema.createIndex('tokens_hash').unique().on('tokens').column('hash').execute()
  await records('variables', { owner_id: 'text', name: 'text' }, ['owner_id', 'name'])
  await records(
    'deliveries',
    { host: 'text', delivery_id: 'text', status: 'text' },
    ['host', 'delivery_id'],
    [['status']],
  )
  await events()
  await logs()
  await counters()

  async function records(
    table: string,
    columns: Record<string, 'text' | 'bigint'>,
    unique: string[],
    indexes: string[][] = [],
  ): Promise<void> {
    let builder = db.schema
      .createTable(table)
      .addColumn('seq', sql.raw(dialect.growingKey), (column) => column.primaryKey())
      .addColumn('id', 'text', (column) => column.notNull().unique())
      .addColumn('version', 'bigint', (column) => column.notNull())
    for (const [name, type] of Object.entries(columns)) builder = builder.addColumn(name, type)
    await builder.addColumn('record', 'text', (column) => column.notNull()).execute()
    await index(table, unique, true)
    for (const one of indexes) await index(table, one, false)
  }

  async function index(table: string, columns: string[], unique: boolean): Promise<void> {
    const builder = db.schema
      .createIndex(`${table}_${columns.join('_')}`)
      .on(table)
      .columns(columns)
    await (unique ? builder.unique() : builder).execute()
  }

  async function events(): Promise<void> {
    await db.schema
      .createTable('events')
      .addColumn('seq', 'bigint', (column) => column.primaryKey())
      .addColumn('repository_id', 'text')
      .addColumn('environment_id', 'text')
      .addColumn('record', 'text', (column) => column.notNull())
      .execute()
    await index('events', ['repository_id', 'seq'], false)
    await index('events', ['environment_id', 'seq'], false)
  }

  async function logs(): Promise<void> {
    await db.schema
      .createTable('log_chunks')
      .addColumn('log_id', 'text', (column) => column.notNull())
      .addColumn('start', 'bigint', (column) => column.notNull())
      .addColumn('length', 'bigint', (column) => column.notNull())
      .addColumn('text', 'text', (column) => column.notNull())
      .addPrimaryKeyConstraint('log_chunks_place', ['log_id', 'start'])
      .execute()
  }

  async function counters(): Promise<void> {
    await db.schema
      .createTable('counters')
      .addColumn('name', 'text', (column) => column.primaryKey())
      .addColumn('value', 'bigint', (column) => column.notNull())
      .execute()
    await sql`insert into counters (name, value) values ('event', 0), ('check', 0)`.execute(db)
  }
}
