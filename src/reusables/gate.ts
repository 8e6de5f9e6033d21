import { orAborted } from '../builds/together.ts'
/**
 * What keeps the services of one build from going on while they are saved. Any number of pieces of work at once, or one that is
 * `alone`: it waits until those under way have ended, and whatever wants to begin meanwhile waits for it, so that its turn comes.
 */
export class Gate {
  #inside = 0
  #turns: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #empty: PromiseWithResolvers<void> | undefined

  /** Does a piece of work, when nothing is alone or waits to be. Ends with the signal's reason when that fires before. */
  async pass<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    while (this.#waiting > 0) await orAborted(this.#turns, signal)
    signal.throwIfAborted()
    this.#inside += 1
    try {
      return await work()
    } finally {
      this.#inside -= 1
      if (this.#inside === 0) this.#empty?.resolve()
    }
  }

  /** Does work while nothing else is done, one after the other in the order it was asked for. */
  alone<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    this.#waiting += 1
    const mine = this.#turns.then(async () => {
      try {
        await this.#emptied(signal)
        return await work()
      } finally {
        this.#waiting -= 1
      }
    })
    this.#turns = mine.catch(() => undefined)
    return mine
  }

  async #emptied(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    while (this.#inside > 0) {
      this.#empty = Promise.withResolvers<void>()
      await orAborted(this.#empty.promise, signal)
    }
  }
}
