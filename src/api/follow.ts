import type { Parts } from '../parts.ts'
import type { Committed } from '../stores/store.ts'

export interface News {
  /** Resolves when something was heard since the last call, after `atMost` milliseconds, or when the signal fires. */
  next(atMost: number): Promise<void>
  stop(): void
}

/** Listens to the store from now on, so that nothing that is committed between two looks is missed. */
export function listen(parts: Parts, isNews: (committed: Committed) => boolean, signal: AbortSignal): News {
  let heard = false
  let wake: () => void = () => undefined
  const forget = parts.store.watch((committed) => {
    if (!isNews(committed)) return
    heard = true
    wake()
  })
  const end = () => wake()
  signal.addEventListener('abort', end, { once: true })
  return {
    async next(atMost) {
      if (!heard && !signal.aborted) {
        const early = new AbortController()
        wake = () => early.abort()
        await parts.clock.sleep(atMost, early.signal)
      }
      heard = false
    },
    stop() {
      forget()
      signal.removeEventListener('abort', end)
    },
  }
}
