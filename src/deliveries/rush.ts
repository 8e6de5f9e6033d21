import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../clock.ts'

/** Milliseconds that other work waits at most while calls come. */
const longestWait = 20

/** Calls that come one upon the other: they are gathered, and other work lets them go first. */
export class Rush {
  readonly #clock: Clock
  #calls = 0
  #gathering: Promise<void> | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** One more call. Resolves at once for all that have come by then, so that they can be written as one. */
  gather(): Promise<void> {
    this.#calls += 1
    return (this.#gathering ??= turn().then(() => {
      this.#gathering = undefined
    }))
  }

  /** Resolves when calls come no faster than one by one, or after a while. With an embedded store, nothing else lets them in. */
  async letIn(): Promise<void> {
    const end = this.#clock.now() + longestWait
    for (;;) {
      const before = this.#calls
      await turn()
      if (this.#calls - before <= 1 || this.#clock.now() >= end) return
    }
  }
}
