import type { Parts } from '../parts.ts'
import { Conflict, type DeliveryRecord } from '../stores/store.ts'
import { isAbandoned, isForgettable } from './decide.ts'

/** Deliveries that are removed in one write. */
const batch = 100

/** Removes those that nobody will send again. */
export async function forgetOld({ store, clock }: Pick<Parts, 'store' | 'clock'>): Promise<void> {
  for (const status of ['done', 'failed'] as const) {
    for (;;) {
      const records = await read(store, await store.ids('delivery', { status }, batch))
      const old = records.filter(({ receivedAt }) => isForgettable(receivedAt, clock.now()))
      const removals = old.map(({ id, version }) => ({ remove: 'delivery' as const, id, version }))
      // Another server may be at the same work; what is left is found the next time.
      const removed = await store.commit(removals).then(() => true, isConflict)
      if (!removed || old.length < batch) break
    }
  }
}

/** Those that wait, are known to nobody here, and should long have been handled by whoever received them. */
export async function findAbandoned(
  { store, clock }: Pick<Parts, 'store' | 'clock'>,
  known: ReadonlyMap<string, unknown>,
): Promise<string[]> {
  const strange = (await store.ids('delivery', { status: 'waiting' })).filter((id) => !known.has(id))
  const found: string[] = []
  for (const id of strange) {
    const record = await store.get('delivery', id)
    if (record && isAbandoned(record.receivedAt, clock.now())) found.push(id)
  }
  return found
}

async function read(store: Parts['store'], ids: string[]): Promise<DeliveryRecord[]> {
  const records: DeliveryRecord[] = []
  for (const id of ids) {
    const record = await store.get('delivery', id)
    if (record) records.push(record)
  }
  return records
}

function isConflict(error: unknown): false {
  if (error instanceof Conflict) return false
  throw error
}
