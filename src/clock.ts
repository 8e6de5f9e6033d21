/**
 * Time, from the caller's side. Nothing else in the service reads the time or waits.
 *
 * Contract: `now` never runs backwards within one process by more than the system clock does; `sleep` and `every`
 * end at once, without an error, when their signal fires; `every` never runs a task twice at the same time
 * (a tick that falls due while the last one still runs is left out) and a task that throws does not end the series.
 */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number
  /** Resolves after `milliseconds`, or as soon as `signal` fires. */
  sleep(milliseconds: number, signal?: AbortSignal): Promise<void>
  /** Runs `task` every `milliseconds` until `signal` fires; `failed` is told what a task threw. */
  every(
    milliseconds: number,
    task: () => Promise<void> | void,
    signal: AbortSignal,
    failed: (error: unknown) => void,
  ): void
  /** A signal that fires with `reason` after `milliseconds`, or with the parent's reason as soon as the parent does. */
  deadline(milliseconds: number, reason: Error, parent?: AbortSignal): Deadline
}

export interface Deadline {
  signal: AbortSignal
  /** Forgets the timer. Safe twice. */
  clear(): void
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep(milliseconds, signal) {
    return new Promise((resolve) => {
      if (signal?.aborted) return resolve()
      const end = () => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, milliseconds)
      signal?.addEventListener('abort', end, { once: true })
    })
  },
  every(milliseconds, task, signal, failed) {
    let running = false
    const timer = setInterval(() => {
      if (running) return
      running = true
      Promise.resolve()
        .then(task)
        .catch(failed)
        .finally(() => (running = false))
    }, milliseconds)
    timer.unref()
    if (signal.aborted) clearInterval(timer)
    signal.addEventListener('abort', () => clearInterval(timer), { once: true })
  },
  deadline(milliseconds, reason, parent) {
    const own = new AbortController()
    const timer = setTimeout(() => own.abort(reason), milliseconds)
    const forward = () => own.abort(parent?.reason)
    if (parent?.aborted) forward()
    parent?.addEventListener('abort', forward, { once: true })
    own.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
    return {
      signal: own.signal,
      clear() {
        clearTimeout(timer)
        parent?.removeEventListener('abort', forward)
      },
    }
  },
}
