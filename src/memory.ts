import { performance, type EventLoopUtilization } from 'node:perf_hooks'
import type { Clock } from './clock.ts'

/** Milliseconds between two looks. */
const lookTime = 10_000
/** Looks in a row that have to be quiet: whoever begins with little memory is slow at first, so pauses of work are let be. */
const enough = 3
/** Share of the time in which the thread did something, from which on it is busy, and up to which it is quiet. */
const busy = 0.2
const quiet = 0.05

interface Means {
  utilization(since?: EventLoopUtilization): EventLoopUtilization
  collect(): void
}

/**
 * Gives memory back that was needed by work which is over. By itself V8 keeps what garbage filled, about 40 MiB, for as
 * long as a quiet server makes no new garbage. Collecting takes a tenth of a second, so it is done once after each time of
 * work, and never during it. Of the thread that asks for it; each has memory of its own.
 */
export function giveBackWhenQuiet(
  { clock, ending, failed }: { clock: Clock; ending: AbortSignal; failed: (error: unknown) => void },
  means: Means | undefined = ownMeans(),
): void {
  if (!means) return
  let before = means.utilization()
  // the start was work
  let isOwed = true
  let quietLooks = 0
  const look = () => {
    const now = means.utilization()
    const { utilization } = means.utilization(before)
    before = now
    if (utilization >= busy) isOwed = true
    quietLooks = utilization <= quiet ? quietLooks + 1 : 0
    if (quietLooks < enough || !isOwed) return
    isOwed = false
    means.collect()
    before = means.utilization()
  }
  clock.every(lookTime, look, ending, failed)
}

/** Undefined where Node was started without `--expose-gc`. */
function ownMeans(): Means | undefined {
  const { gc } = globalThis
  if (!gc) return undefined
  return {
    utilization: (since) => performance.eventLoopUtilization(since),
    // the last resort is what also makes the young generation small again
    collect: () => void gc({ type: 'major', execution: 'sync', flavor: 'last-resort' }),
  }
}
