/** Milliseconds for which the same steps go on until one of them may be waiting for what is held back. */
export const heldTooLong = 300_000

/** A step that is being run. */
export interface RunningStep {
  service: string
  step: string
}

/**
 * Milliseconds until a start command that is held back until all steps are done is let go nevertheless; 0 for now. Nobody can see
 * whether a step works or waits, maybe for that very service; but what still runs when nothing has begun or ended for so long may.
 */
export function untilLetGo(given: {
  running: readonly RunningStep[]
  /** When a step began or ended last, or a start command was held back. */
  changedAt: number
  now: number
}): number {
  // What else there is has a limit of its own: readiness, and every save.
  if (given.running.length === 0) return heldTooLong
  return Math.max(0, given.changedAt + heldTooLong - given.now)
}

/** What the log says then, with what to do. */
export function letGoText(service: string, running: readonly RunningStep[]): string {
  const names = running.map((one) => `${one.service}.${one.step}`).join(', ')
  const whose = [...new Set(running.map((one) => one.service))].join(', ')
  const [runs, waits] = running.length === 1 ? ['runs', 'waits'] : ['run', 'wait']
  return (
    `${service}: its start command was held back so that the environment can be reset to before it, but ${names} still ` +
    `${runs} after ${heldTooLong / 60_000} minutes and maybe ${waits} for it: it is let go, and what is kept for a reset is kept after it; ` +
    `if so, give ${whose} depends_on: [${service}], which spares this wait`
  )
}
