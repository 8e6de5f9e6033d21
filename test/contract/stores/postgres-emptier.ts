import { Client, escapeLiteral } from 'pg'
import type { Emptier } from './subject.ts'

/**
 * Whatever tables and sequences there are, each gets the rows and the state again that it has now. `databaseUrl`: of one
 * that was just opened by a store.
 */
export async function emptierOfPostgres(databaseUrl: string): Promise<Emptier> {
  const client = new Client({ connectionString: databaseUrl })
  await client.connect()
  const namesOf = async (kind: 'r' | 'S') => {
    const text =
      'select oid::regclass::text as name from pg_class where relkind = $1 and relnamespace = $2::regnamespace'
    return (await client.query<{ name: string }>(text, [kind, 'public'])).rows.map(({ name }) => name)
  }

  const statements: string[] = []
  for (const table of await namesOf('r')) {
    // To truncate one makes a new file for it, its long texts and each index: far more work than to remove a few rows.
    statements.push(`delete from ${table}`)
    for (const values of await rowsOf(client, `select * from ${table}`))
      statements.push(`insert into ${table} values (${values.map(literal).join()})`)
  }
  for (const sequence of await namesOf('S')) {
    for (const values of await rowsOf(client, `select last_value, is_called from ${sequence}`))
      statements.push(`select setval(${[sequence, ...values].map(literal).join()})`)
  }

  return {
    async empty() {
      // As one query they are one transaction.
      await client.query(statements.join(';'))
    },
    close: () => client.end(),
  }
}

type Value = string | number | boolean | null

async function rowsOf(client: Client, text: string): Promise<Value[][]> {
  return (await client.query<Value[]>({ text, rowMode: 'array' })).rows
}

/** PostgreSQL gives a text in quotes the type that is wanted. */
function literal(value: Value): string {
  return value === null ? 'null' : escapeLiteral(String(value))
}
