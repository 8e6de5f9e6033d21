import type { ReusableRecord } from '../reusable.ts'
import { isLockedPart } from './parts.ts'

export interface Pruned {
  record: ReusableRecord
  /** A sentence without a full stop. */
  why: string
}

/** Something newer took its place, but a build that chose it may not have begun yet. */
const graceOfOlder = 60 * 60_000

/**
 * Which saved images go, those first that nobody can miss: what a killed server left half saved, what no environment is there
 * for, what a newer one took the place of; then the longest unused until all are within the budget. Never one in use.
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
  const staying = (one: ReusableRecord) => !going.has(one.id)
  const rest = free
    .filter((one) => staying(one) && one.status === 'ready')
    .sort((one, other) => one.usedAt - other.usedAt)
  const overBudget = rest.flatMap((record): Pruned[] => {
    if (diskUse(given.records.filter(staying)) <= given.budgetBytes) return []
    going.add(record.id)
    return [{ record, why: 'there was no room for it, and it was not used for the longest time' }]
  })
  return [...first, ...overBudget]
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
