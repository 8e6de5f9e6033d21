import type { Clock } from '../../src/clock.ts'

interface Timer {
  at: number
  run(): void
}

/** A clock that moves only when told to. Timers run in the order in which they fall due, with `now` at their time. */
export class ManualClock implements Clock {
  #now: number
  readonly #timers = new Set<Timer>()

  constructor(now = 1_800_000_000_000) {
    this.#now = now
  }

  now(): number {
    return this.#now
  }

  sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const cancel = this.#add(milliseconds, resolve)
      signal?.addEventListener('abort', () => (cancel(), resolve()), { once: true })
    })
  }

  every(
    milliseconds: number,
    task: () => Promise<void> | void,
    signal: AbortSignal,
    failed: (error: unknown) => void,
  ): void {
    let running = false
    let cancel = () => undefined as void
    const again = () => {
      if (signal.aborted) return
      cancel = this.#add(milliseconds, () => {
        again()
        if (running) return
        running = true
        void Promise.resolve()
          .then(task)
          .catch(failed)
          .finally(() => (running = false))
      })
    }
    again()
    signal.addEventListener('abort', () => cancel(), { once: true })
  }

  deadline(milliseconds: number, reason: Error, parent?: AbortSignal) {
    const own = new AbortController()
    const clear = this.#add(milliseconds, () => own.abort(reason))
    if (parent?.aborted) own.abort(parent.reason)
    parent?.addEventListener('abort', () => own.abort(parent.reason), { once: true })
    return { signal: own.signal, clear }
  }

  /** Moves the time on and runs what falls due, letting promises settle in between. */
  async advance(milliseconds: number): Promise<void> {
    const end = this.#now + milliseconds
    for (;;) {
      await settle()
      const next = [...this.#timers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0]
      if (!next) break
      this.#timers.delete(next)
      this.#now = Math.max(this.#now, next.at)
      next.run()
    }
    this.#now = end
    await settle()
  }

  #add(milliseconds: number, run: () => void): () => void {
    const timer = { at: this.#now + milliseconds, run }
    this.#timers.add(timer)
    return () => void this.#timers.delete(timer)
  }
}

/** Lets everything that only waits for promises and immediate I/O go on. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve))
}
