import type { Clock } from '../clock.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import type { Logger } from '../logger.ts'
import type { Store } from '../stores/store.ts'
import type { RouteTable } from './route.ts'

/** Milliseconds until a store that did not answer is asked again. */
const retryTime = 1_000

/** Every environment in memory, kept in step with the store, so that no request has to ask it. */
export class EnvironmentTable implements RouteTable {
  readonly #parts: { store: Store; clock: Clock; logger: Logger }
  readonly #byId = new Map<string, EnvironmentRecord>()
  readonly #byName = new Map<string, EnvironmentRecord>()
  readonly #watchers = new Map<string, Set<() => void>>()
  /** Changed in the store since they were read. One loop reads them, one after another, so that no old answer wins. */
  readonly #dirty = new Set<string>()
  readonly #closed = new AbortController()
  #reading = false
  #unwatch: () => void = () => undefined

  constructor(parts: { store: Store; clock: Clock; logger: Logger }) {
    this.#parts = parts
  }

  /** Reads all environments once, and from then on each that changes. */
  async open(): Promise<void> {
    this.#unwatch = this.#parts.store.watch((committed) => {
      if (committed.kind === 'environment') this.#refresh(committed.id)
    })
    // What changes while the list is read is newer than the list: the loop reads it afterwards.
    this.#reading = true
    for (const environment of await this.#parts.store.list('environment')) this.#put(environment)
    void this.#readDirty()
  }

  byId(id: string): EnvironmentRecord | undefined {
    return this.#byId.get(id)
  }

  byName(name: string): EnvironmentRecord | undefined {
    return this.#byName.get(name)
  }

  /** Calls `listener` after this table has taken over a change of the environment, until the returned function is called. */
  watch(id: string, listener: () => void): () => void {
    const watchers = this.#watchers.get(id) ?? new Set()
    this.#watchers.set(id, watchers.add(listener))
    return () => {
      watchers.delete(listener)
      if (watchers.size === 0 && this.#watchers.get(id) === watchers) this.#watchers.delete(id)
    }
  }

  /** Safe twice. */
  close(): void {
    this.#closed.abort()
    this.#unwatch()
  }

  #refresh(id: string): void {
    this.#dirty.add(id)
    if (!this.#reading) void this.#readDirty()
  }

  async #readDirty(): Promise<void> {
    this.#reading = true
    for (const id of this.#dirty) {
      if (this.#closed.signal.aborted) break
      this.#dirty.delete(id)
      try {
        const environment = await this.#parts.store.get('environment', id)
        if (environment) this.#put(environment)
        else this.#drop(id)
      } catch (error) {
        this.#parts.logger.warn(
          { err: error, environment: id },
          'the proxy could not read a changed environment; it tries again',
        )
        this.#dirty.add(id)
        await this.#parts.clock.sleep(retryTime, this.#closed.signal)
      }
      for (const listener of this.#watchers.get(id) ?? []) listener()
    }
    this.#reading = false
  }

  #put(environment: EnvironmentRecord): void {
    this.#forgetName(this.#byId.get(environment.id))
    this.#byId.set(environment.id, environment)
    if (environment.name !== null) this.#byName.set(environment.name, environment)
  }

  #drop(id: string): void {
    this.#forgetName(this.#byId.get(id))
    this.#byId.delete(id)
  }

  /** A name may have gone to another environment in the same commit; then it is not ours to forget. */
  #forgetName(environment: EnvironmentRecord | undefined): void {
    if (environment === undefined || environment.name === null) return
    if (this.#byName.get(environment.name)?.id === environment.id) this.#byName.delete(environment.name)
  }
}
