import { noteOf } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import { Conflict, type DeliveryRecord } from '../stores/store.ts'
import { hostKeyOf, waitingSentenceOf } from './decide.ts'

/**
 * Writes down, once for each delivery, that its handling failed for now and why. Returns the record as it is then. What cannot be
 * written keeps nothing from being tried again.
 */
export async function noteWaiting(
  parts: Parts,
  record: DeliveryRecord,
  why: string,
): Promise<DeliveryRecord> {
  if (record.reason !== '') return record
  try {
    const repositoryId = await repositoryIdOf(parts, record)
    const about = repositoryId === null ? {} : { repositoryId }
    await parts.store.commit([
      { save: 'delivery', record: { ...record, reason: why } },
      noteOf(parts, 'delivery', waitingSentenceOf(record, why), about),
    ])
    return { ...record, reason: why, version: record.version + 1 }
  } catch (error) {
    // Another server that has to do with it as well said so, or brought it to its end.
    if (!(error instanceof Conflict))
      parts.logger.warn({ err: error, delivery: record.deliveryId }, 'it could not be written down')
    return record
  }
}

/** The repository that a delivery is about, where it is one that is known; by its call, else by what it means. */
export async function repositoryIdOf(
  { store }: Pick<Parts, 'store'>,
  { repositoryId, host, events }: DeliveryRecord,
): Promise<string | null> {
  if (repositoryId !== null) return repositoryId
  const hostKey = hostKeyOf(host, events)
  if (hostKey === null) return null
  const [repository] = await store.list('repository', { hostKey })
  return repository?.id ?? null
}
