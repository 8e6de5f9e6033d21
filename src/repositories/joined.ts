/**
 * Work of which one at a time is enough. Who asks while it runs shares one more run after it: what it looks at may have
 * changed since it looked. A caller whose signal fires leaves at once; the work ends when nobody waits for it any more.
 */
export class Joined<T> {
  readonly #work: (signal: AbortSignal) => Promise<T>
  #running: Run<T> | undefined
  #next: Run<T> | undefined

  constructor(work: (signal: AbortSignal) => Promise<T>) {
    this.#work = work
  }

  async ask(signal?: AbortSignal): Promise<T> {
    signal?.throwIfAborted()
    const run = this.#join()
    run.waiting += 1
    const { promise: left, reject } = Promise.withResolvers<never>()
    const leave = () => reject(signal?.reason)
    signal?.addEventListener('abort', leave, { once: true })
    try {
      return await Promise.race([run.end, left])
    } finally {
      signal?.removeEventListener('abort', leave)
      run.waiting -= 1
      if (run.waiting === 0) run.stop.abort(signal?.reason)
    }
  }

  /** Resolves when nothing runs, however it ended. */
  async idle(): Promise<void> {
    while (this.#running) await Promise.allSettled([this.#running.end])
  }

  #join(): Run<T> {
    if (!this.#running) return (this.#running = this.#begin(Promise.resolve()))
    if (!this.#next || this.#next.stop.signal.aborted) this.#next = this.#begin(this.#running.end)
    return this.#next
  }

  #begin(before: Promise<unknown>): Run<T> {
    const stop = new AbortController()
    const run: Run<T> = { waiting: 0, stop, end: before.then(...always(() => this.#start(run))) }
    run.end.catch(() => undefined)
    return run
  }

  async #start(run: Run<T>): Promise<T> {
    if (this.#next === run) {
      this.#running = run
      this.#next = undefined
    }
    try {
      run.stop.signal.throwIfAborted()
      return await this.#work(run.stop.signal)
    } finally {
      // The next one, if there is one, begins as soon as this one's end is known; see #begin.
      this.#running = this.#next
    }
  }
}

interface Run<T> {
  waiting: number
  stop: AbortController
  end: Promise<T>
}

function always<T>(then: () => Promise<T>): [() => Promise<T>, () => Promise<T>] {
  return [then, then]
}
