import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { Tables } from '../sql/tables.ts'

type Kept = Record<string, unknown> & { status: string }

/**
 * Of a delivery it is kept what it means, and no more what came. One that was not read yet can be sent again by its host;
 * refs and changes are compared with the hosts' at the next start anyway.
 */
export async function up(db: Kysely<Tables>): Promise<void> {
  for (const { id, record } of await db.selectFrom('deliveries').select(['id', 'record']).execute()) {
    const kept = meant(JSON.parse(record) as Kept)
    const text = JSON.stringify(kept)
    await sql`update deliveries set status = ${kept.status}, record = ${text} where id = ${id}`.execute(db)
  }
}

function meant(before: Kept): Kept {
  const kept: Kept = { ...before, events: [] }
  delete kept['payload']
  if (kept.status !== 'waiting') return kept
  return { ...kept, status: 'failed', reason: 'an earlier version of Qaack had not read it; send it again' }
}
