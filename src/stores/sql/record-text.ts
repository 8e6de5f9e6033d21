import type { DeliveryRecord, Kind, Records } from '../store.ts'
import { pack, unpack } from './packed.ts'

/** A record as the text that is kept of it. */
export function textOf<K extends Kind>(kind: K, record: Records[K]): string {
  return JSON.stringify(kind === 'delivery' ? withPayload(record as DeliveryRecord, pack) : record)
}

export function recordOf<K extends Kind>(kind: K, text: string): Records[K] {
  const record = JSON.parse(text) as Records[K]
  return kind === 'delivery' ? (withPayload(record as DeliveryRecord, unpack) as Records[K]) : record
}

function withPayload(record: DeliveryRecord, change: (payload: string) => string): DeliveryRecord {
  return { ...record, payload: change(record.payload) }
}
