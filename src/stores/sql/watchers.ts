import type { Logger } from '../../logger.ts'
import type { Committed, Store } from '../store.ts'
import type { UnwatchedStore } from './unwatched.ts'

/** A store with those who want to know of what is written in it by this process. */
export function watched(store: UnwatchedStore, logger: Logger): Store {
  const watchers = createWatchers(logger)
  return {
    ...store,
    async commit(changes) {
      if (changes.length > 0) watchers.tell(await store.commit(changes))
    },
    async appendLog(logId, text) {
      if (text === '') return
      await store.appendLog(logId, text)
      watchers.tell([{ kind: 'log', id: logId }])
    },
    watch: watchers.add,
  }
}

interface Watchers {
  add: (listener: (committed: Committed) => void) => () => void
  tell: (committed: Committed[]) => void
}

function createWatchers(logger: Logger): Watchers {
  // An entry of its own per call: the same function may be added twice and is then told twice.
  const entries = new Set<{ listener: (committed: Committed) => void }>()

  function add(listener: (committed: Committed) => void): () => void {
    const entry = { listener }
    entries.add(entry)
    return () => void entries.delete(entry)
  }

  function tell(committed: Committed[]): void {
    for (const one of committed) for (const { listener } of [...entries]) safely(listener, one)
  }

  // What was committed stays committed: a listener that throws must not make its caller believe otherwise.
  function safely(listener: (committed: Committed) => void, committed: Committed): void {
    try {
      listener(committed)
    } catch (error) {
      logger.error(
        { err: error, committed },
        'a watcher of the store threw an error; this is a fault of ours',
      )
    }
  }

  return { add, tell }
}
