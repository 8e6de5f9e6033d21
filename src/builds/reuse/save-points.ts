import type { Qaackfile } from '../../qaackfile/qaackfile.ts'
import { matchesWildcard } from '../../triggers/wildcard.ts'
import type { ReusableRecord } from '../reusable.ts'
import { isOffered, nearness, type Starting } from './choose.ts'
import { differences } from './differences.ts'

/** Something to be saved now. */
export type SaveWish = { purpose: 'label'; label: string } | { purpose: 'auto'; label: null }

/** A save stops every service for a moment and takes space: less time than this is not worth it. */
const worthSaving = 3000

/**
 * What is to be saved after a step that has just ended well; several labels need one image only. Code that is not trusted
 * saves too, for its own environment.
 */
export function savePointsAfter(given: {
  qaackfile: Qaackfile
  finished: { service: string; step: string }
  build: Omit<Starting, 'start'>
  /** The reusable that the build was started from. */
  startedFrom: Pick<ReusableRecord, 'services'> | null
  /** Milliseconds that steps have taken since the last save of this build, or since its beginning. */
  spent: number
  /** `whatLedTo` as of now. */
  made: Readonly<Record<string, string>>
  /** What the repository has. */
  saved: readonly ReusableRecord[]
}): SaveWish[] {
  const { qaackfile, finished, build, startedFrom } = given
  if (startedFrom && wasDone(qaackfile, finished, startedFrom)) return []
  const labels = Object.entries(qaackfile.makeReusable).flatMap(([label, { on, where }]): SaveWish[] =>
    on.service === finished.service && on.step === finished.step && allows(where, build.ref)
      ? [{ purpose: 'label', label }]
      : [],
  )
  // What has a label can be found by `auto` too.
  if (labels.length > 0 || qaackfile.reuse !== 'auto') return labels
  if (given.spent < worthSaving || given.saved.some((one) => isSame(one, given))) return []
  return [{ purpose: 'auto', label: null }]
}

/** Whether `where` of a save point names the ref; a change is `pr-<number>` there. */
export function allows(where: readonly string[] | null, ref: Starting['ref']): boolean {
  const name = ref.type === 'change' ? `pr-${ref.name}` : ref.name
  return where === null || where.some((pattern) => matchesWildcard(pattern, name))
}

function wasDone(
  { services }: Qaackfile,
  { service, step }: { service: string; step: string },
  startedFrom: Pick<ReusableRecord, 'services'>,
): boolean {
  const done = startedFrom.services.find(({ name }) => name === service)?.steps ?? 0
  const steps = services.find(({ name }) => name === service)?.steps ?? []
  return steps.slice(0, done).some(({ name }) => name === step)
}

/** Whether this build's own kind could start from it instead. */
function isSame(
  record: ReusableRecord,
  { build, made }: { build: Omit<Starting, 'start'>; made: Readonly<Record<string, string>> },
): boolean {
  return (
    record.purpose !== 'reset' &&
    isOffered(record, build) &&
    nearness(record, build) < Infinity &&
    differences(record.made, made, { code: true }).length === 0
  )
}
