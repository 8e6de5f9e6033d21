import type { HostFailure } from '../hosts/failure.ts'
import type { ReportRecord } from './report.ts'

/** A part of a report that could not be published. */
export interface Trouble {
  failure: HostFailure
}

/** Milliseconds before the next try, the longer the oftener nothing at all could be said. */
const pauses = [5_000, 15_000, 60_000, 300_000]
/** Where a host wants us to wait but does not say how long; and the least and the most that it can want. */
const limitedTime = 60_000
const shortest = 1_000
const longest = 60 * 60_000

/** What is written down about tries that ended: when the host may be asked again, and why it did not do it. `rests` if nothing is left to say. */
export function outcomeOf(
  troubles: Trouble[],
  facts: { failures: number; said: number; now: number },
  rests: boolean,
): Pick<ReportRecord, 'failures' | 'retryAt' | 'error' | 'rests'> {
  const failures = troubles.map(({ failure }) => failure)
  const error = failures[0]?.message ?? ''
  const limited = failures.find(({ kind }) => kind === 'limited')
  if (limited)
    return { failures: facts.failures, retryAt: afterLimit(limited, facts.now), error, rests: false }
  if (!failures.some(({ kind }) => kind === 'unavailable'))
    return { failures: 0, retryAt: null, error, rests }
  const inARow = facts.said > 0 ? 1 : facts.failures + 1
  const pause = pauses[Math.min(inARow, pauses.length) - 1] ?? limitedTime
  return { failures: inARow, retryAt: facts.now + pause, error, rests: false }
}

function afterLimit({ retryAt }: HostFailure, now: number): number {
  return Math.min(Math.max(retryAt ?? now + limitedTime, now + shortest), now + longest)
}
