import { setImmediate as turn } from 'node:timers/promises'
import type { Clock } from '../clock.ts'

/** Milliseconds in which calls are counted. */
const span = 50
/** Calls in that time that make a rush. */
const many = 10
/** Milliseconds that other work waits at most while calls come in numbers. */
const longestWait = 20

/** Calls that come one upon the other: other work lets them go first. */
export class Rush {
  readonly #clock: Clock
  readonly #ending: AbortSignal
  #since = -Infinity
  #calls = 0
  #before = 0

  constructor(clock: Clock, ending: AbortSignal) {
    this.#clock = clock
    this.#ending = ending
  }

  /** To be told of each call. */
  came(): void {
    this.#count()
    this.#calls += 1
  }

  /** Resolves with false when calls come in no numbers; else after a while, with true. */
  async letIn(): Promise<boolean> {
    await turn()
    this.#count()
    const isRush = Math.max(this.#calls, this.#before) >= many
    if (isRush) await this.#clock.sleep(longestWait, this.#ending)
    return isRush
  }

  /** Begins a new span of time if the last one is over. */
  #count(): void {
    const now = this.#clock.now()
    const over = Math.floor((now - this.#since) / span)
    if (over < 1) return
    this.#before = over === 1 ? this.#calls : 0
    this.#calls = 0
    this.#since = now
  }
}
