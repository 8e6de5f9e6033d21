import type { HostEvent } from '../hosts/event.ts'
import { newId } from '../ids.ts'
import type { RepositoryType } from '../repositories/repository.ts'
import type { DeliveryRecord } from '../stores/store.ts'

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

/** A delivery that is to be read; without its record it is in the store only. */
export interface Unread {
  id: string
  record: DeliveryRecord | undefined
}

/** A delivery on its way through the inbox: as it is kept, without its payload, and what its host says that it means. */
export interface ReadDelivery {
  record: DeliveryRecord
  events: HostEvent[]
  /** How often it was tried. */
  tries: number
}

export function recordOf(call: Call, now: number): DeliveryRecord {
  const id = newId()
  const { host, deliveryId, event, payload, repositoryId = null } = call
  return {
    id,
    version: 1,
    host,
    deliveryId: deliveryId ?? id,
    repositoryId,
    event,
    payload,
    receivedAt: now,
    status: 'waiting',
    reason: '',
  }
}

/** Without an id of its host's it cannot come twice, so that nothing has to be remembered of it. */
export function hasOwnId({ id, deliveryId }: DeliveryRecord): boolean {
  return id !== deliveryId
}

/** Calls of plain git hooks were kept under the name `git` once. */
export function hostOf({ host }: DeliveryRecord): RepositoryType {
  return host === 'git' ? 'generic' : (host as RepositoryType)
}
