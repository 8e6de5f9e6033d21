import type { ReusableRecord } from '../reusable.ts'
import { isLockedPart } from './parts.ts'

export interface Pruned {
  record: ReusableRecord
  /** A sentence without a full stop. */
  why: string
}

/**
 * What strangers' code saved has this part of the budget, the rest is for what trusted code saved, and neither takes of the other:
 * else somebody who is approved once could push out what everybody starts from.
 */
const untrustedShare = 1 / 4

/** Something newer took its place, but a build that chose it may not have begun yet. */
const graceOfOlder = 60 * 60_000

/**
 * Which saved images go, those first that nobody can miss: what a killed server left half saved, what no environment is there
 * for, what a newer one took the place of; then the longest unused until trusted and untrusted ones are each within their part of
 * the budget. Never one in use.
 */
export function toPrune(given: {
  records: readonly ReusableRecord[]
  /** Ids of records that a build or an environment stands on. */
  inUse: ReadonlySet<string>
  /** Ids of all environments. */
  environments: ReadonlySet<string>
  budgetBytes: number
  /** Ms after which a save that has not ended belongs to nobody. */
  longestSave: number
  now: number
}): Pruned[] {
  const free = given.records.filter(({ id }) => !given.inUse.has(id))
  const newest = newestOfEach(given.records)
  const first = free.flatMap((record): Pruned[] => {
    const why = reasonToGo(record, newest, given)
    return why === null ? [] : [{ record, why }]
  })
  const going = new Set(first.map(({ record }) => record.id))
  const rest = given.records.filter(({ id }) => !going.has(id))
  const partOf = (trusted: boolean) => rest.filter((one) => one.trusted === trusted)
  const untrustedBytes = given.budgetBytes * untrustedShare
  return [
    ...first,
    ...overBudget(partOf(true), given.inUse, given.budgetBytes - untrustedBytes),
    ...overBudget(partOf(false), given.inUse, untrustedBytes),
  ]
}

function overBudget(
  records: readonly ReusableRecord[],
  inUse: ReadonlySet<string>,
  budgetBytes: number,
): Pruned[] {
  const staying = new Set(records)
  const longestUnusedFirst = records
    .filter(({ id, status }) => status === 'ready' && !inUse.has(id))
    .toSorted((one, other) => one.usedAt - other.usedAt)
  return longestUnusedFirst.flatMap((record): Pruned[] => {
    if (diskUse([...staying]) <= budgetBytes) return []
    staying.delete(record)
    return [{ record, why: 'there was no room for it, and it was not used for the longest time' }]
  })
}

/** Bytes that the images of these take on disk; a layer that several share counts once. */
export function diskUse(records: readonly Pick<ReusableRecord, 'services'>[]): number {
  const layers = new Map(
    records.flatMap(({ services }) => services.flatMap((service) => Object.entries(service.layers))),
  )
  return [...layers.values()].reduce((sum, bytes) => sum + bytes, 0)
}

function reasonToGo(
  record: ReusableRecord,
  newest: ReadonlyMap<string, ReusableRecord>,
  { environments, longestSave, now }: Parameters<typeof toPrune>[0],
): string | null {
  if (record.status === 'saving')
    return now - record.savedAt > longestSave ? 'its saving was broken off' : null
  if (belongsToOne(record) && !environments.has(record.environmentId)) return 'its environment is gone'
  const older = newest.get(placeOf(record)) !== record
  return older && now - record.usedAt > graceOfOlder ? 'a newer one took its place' : null
}

function newestOfEach(records: readonly ReusableRecord[]): Map<string, ReusableRecord> {
  const ready = records.filter(({ status }) => status === 'ready')
  const inOrder = ready.toSorted((one, other) => one.savedAt - other.savedAt)
  return new Map(inOrder.map((record) => [placeOf(record), record]))
}

/** Only its own environment may start from it. */
function belongsToOne({ trusted, purpose, made }: ReusableRecord): boolean {
  return !trusted || purpose === 'reset' || Object.keys(made).some(isLockedPart)
}

/** Of those with the same place only the newest is wanted: for a label any step, without one each step has its own. */
function placeOf(record: ReusableRecord): string {
  const { repositoryId, environmentId, ref, purpose, label, savePoint, trusted } = record
  const point = purpose === 'auto' ? savePoint : null
  const owner = belongsToOne(record) ? environmentId : null
  return JSON.stringify([
    repositoryId,
    ref.type,
    ref.name,
    purpose,
    label,
    point?.service,
    point?.step,
    trusted,
    owner,
  ])
}
