import type { Logger } from './logger.ts'

/** Work that goes on beside its caller, remembered so that a shutdown can wait for it. */
export class Background {
  readonly #running = new Set<Promise<void>>()
  readonly #byKey = new Map<string, { now: Promise<void>; next: Promise<void> | undefined }>()
  readonly #turns = new Map<string, Promise<void>>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  /** Begins work whose failure only the log has to know. */
  run(what: string, work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => this.#logger.error({ err: error }, `${what} failed`))
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /**
   * Runs work of which one at a time is enough. Who asks while it runs gets one more run after it, shared with all who
   * ask meanwhile: what it looks at may have changed since it looked.
   */
  latest(key: string, work: () => Promise<void>): Promise<void> {
    const known = this.#byKey.get(key)
    if (known) {
      known.next ??= known.now.catch(() => undefined).then(() => this.#begin(key, work))
      return known.next
    }
    return this.#begin(key, work)
  }

  /** Runs work of one key one after the other, in the order it was asked for. */
  inTurn<T>(key: string, work: () => Promise<T>): Promise<T> {
    const mine = (this.#turns.get(key) ?? Promise.resolve()).then(work)
    const settled: Promise<void> = mine
      .catch(() => undefined)
      .then(() => {
        // Nobody waits behind it: keys are many, and most come once.
        if (this.#turns.get(key) === settled) this.#turns.delete(key)
      })
    this.#turns.set(key, settled)
    return mine
  }

  /** Resolves when nothing runs any more. */
  async drained(): Promise<void> {
    while (this.#running.size + this.#byKey.size > 0) {
      await Promise.allSettled([...this.#running, ...[...this.#byKey.values()].map(({ now }) => now)])
    }
  }

  #begin(key: string, work: () => Promise<void>): Promise<void> {
    const entry = { now: Promise.resolve(), next: undefined as Promise<void> | undefined }
    this.#byKey.set(key, entry)
    entry.now = work().finally(() => {
      if (this.#byKey.get(key) === entry && !entry.next) this.#byKey.delete(key)
    })
    return entry.now
  }
}
