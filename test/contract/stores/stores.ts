import type { Store } from '../../../src/stores/store.ts'
import { open } from './open.ts'
import type { Emptier, KeptDatabases, Subject } from './subject.ts'

interface Shared {
  store: Store
  emptier: Emptier
}

/** Where the tests of a suite get their stores. */
export class Stores {
  readonly #subject: Subject
  readonly #all: Shared[] = []
  readonly #free: Shared[] = []

  constructor(subject: Subject) {
    this.#subject = subject
  }

  /** Why what was written is not there after a reopening; undefined where it is. */
  get forgets(): string | undefined {
    return this.#subject.forgets
  }

  /** Address of a new, empty database, for a test that opens it itself. */
  newDatabase(): Promise<string> {
    return this.#subject.newDatabase()
  }

  /**
   * A store on a database that has nothing in it and is nobody else's until the end of the block (`await using`). To open one
   * takes a third of a second of a processor, so where it can be emptied the next test gets the same.
   */
  async empty(): Promise<Store & AsyncDisposable> {
    const { kept } = this.#subject
    if (!kept) {
      const store = await open(await this.newDatabase())
      return { ...store, [Symbol.asyncDispose]: () => store.close() }
    }
    // One that was not given back is out of use: its test hangs, or it could not be emptied.
    const shared = this.#free.pop() ?? (await this.#open(kept))
    return lent(shared.store, async () => {
      await shared.emptier.empty()
      this.#free.push(shared)
    })
  }

  async end(): Promise<void> {
    for (const { store, emptier } of this.#all) {
      await emptier.close()
      await store.close()
    }
  }

  async #open(kept: KeptDatabases): Promise<Shared> {
    const databaseUrl = await kept.newDatabase()
    const store = await open(databaseUrl)
    const shared = { store, emptier: await kept.emptierOf(databaseUrl) }
    this.#all.push(shared)
    return shared
  }
}

/** To close it is to give it back, with nothing of its user left: neither a watcher nor a write that goes on. */
function lent(store: Store, giveBack: () => Promise<void>): Store & AsyncDisposable {
  const writes: Promise<unknown>[] = []
  const watches: (() => void)[] = []
  let closing: Promise<void> | undefined

  function written<T>(write: Promise<T>): Promise<T> {
    writes.push(write)
    return write
  }

  async function end(): Promise<void> {
    for (const stop of watches) stop()
    await Promise.allSettled(writes)
    await giveBack()
  }

  const close = () => (closing ??= end())
  return {
    ...store,
    commit: (changes) => written(store.commit(changes)),
    appendLog: (logId, text) => written(store.appendLog(logId, text)),
    watch(listener) {
      const stop = store.watch(listener)
      watches.push(stop)
      return stop
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}
