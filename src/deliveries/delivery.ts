import { noteOf } from '../events/note.ts'
import type { HostEvent } from '../hosts/event.ts'
import { newId } from '../ids.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryType } from '../repositories/repository.ts'
import type { Change, DeliveryRecord } from '../stores/store.ts'
import { sentenceOf } from './decide.ts'
import { eventKinds, type DeliveryOutcome } from './tally.ts'

/** A webhook call that was believed. */
export interface Call {
  host: RepositoryType
  /** The host's own id of it, the same when it is sent again; null for a host that gives none. */
  deliveryId: string | null
  /** The host's name of the kind of event. */
  event: string
  /** As it came over the wire. */
  payload: string
  /** Of a call that is addressed to one repository. */
  repositoryId?: string | null
}

/** Does what an event asks for; may run twice, at once with itself, and late. Returns the decision, as a sentence. */
export type HandleEvent = (
  parts: Parts,
  host: RepositoryType,
  event: HostEvent,
  repositoryId: string | null,
  deliveryId: string,
) => Promise<string>

/** What became of a delivery, and the decision as a sentence. */
export interface End {
  outcome: Exclude<DeliveryOutcome, 'again'>
  reason: string
}

/** What a call means: events that are to be handled, or that there is nothing to do. */
export type Meaning = { events: HostEvent[] } | End

/** A delivery that is to be handled; without its record it is in the store only. */
export interface Waiting {
  id: string
  record: DeliveryRecord | undefined
}

export function recordOf(call: Call, meaning: Meaning, now: number): DeliveryRecord {
  const id = newId()
  const { host, deliveryId, event, repositoryId = null } = call
  const facts = { id, version: 1, host, deliveryId: deliveryId ?? id, repositoryId, event, receivedAt: now }
  return 'events' in meaning
    ? { ...facts, events: meaning.events, status: 'waiting', reason: '' }
    : ended({ ...facts, events: [], status: 'waiting', reason: '' }, meaning)
}

export function ended(record: DeliveryRecord, { outcome, reason }: End): DeliveryRecord {
  return { ...record, events: [], status: outcome === 'failed' ? 'failed' : 'done', reason }
}

/** The decision as an event, about the repository of the record. */
export function noteOfEnd(
  parts: Pick<Parts, 'clock'>,
  record: DeliveryRecord,
  { outcome, reason }: End,
): Change {
  const about = record.repositoryId === null ? {} : { repositoryId: record.repositoryId }
  return noteOf(parts, eventKinds[outcome], sentenceOf(record, reason), about)
}

/** A server of an earlier version, which may go on beside this one for a while, keeps what came and not what it means. */
export function isRead({ events }: DeliveryRecord): boolean {
  return Array.isArray(events)
}

export const endOfUnread: End = {
  outcome: 'failed',
  reason: 'an earlier version of Qaack had not read it; send it again',
}

/** Without an id of its host's it cannot come twice, so that nothing has to be remembered of it. */
export function hasOwnId({ id, deliveryId }: DeliveryRecord): boolean {
  return id !== deliveryId
}
