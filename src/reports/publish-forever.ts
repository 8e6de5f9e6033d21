import type { Parts } from '../parts.ts'
import type { Committed } from '../stores/store.ts'
import { publishChange } from './publish.ts'
import { newsOf, Watched } from './publish-news.ts'
import { dueOf } from './unsaid.ts'

/** Milliseconds in which news of one change become one report. */
const gatherTime = 500
/** Between two looks at the clock, for what is to be tried again. */
const tick = 1_000
/** A slow look at the store behind the wake-up calls, for what another server wrote. */
const lookTime = 15_000
/** Changes that are reported on at once: each mostly waits for its host. */
const atOnce = 4

/** Keeps what is shown on all changes as it should be, until `signal` fires. `owner` names this process. */
export function publishForever(parts: Parts, owner: string, signal: AbortSignal): void {
  new Publisher(parts, owner, signal).start()
}

class Publisher {
  readonly #parts: Parts
  readonly #owner: string
  readonly #signal: AbortSignal
  /** What was committed, and is not looked at yet. */
  readonly #news = new Map<string, Committed>()
  /** Ids of changes that are to be reported on, of those that are just now, and of those that are later, without news. */
  readonly #waiting = new Set<string>()
  readonly #running = new Set<string>()
  readonly #due = new Map<string, number>()
  readonly #watched: Watched
  #gathering = false

  constructor(parts: Parts, owner: string, signal: AbortSignal) {
    this.#parts = parts
    this.#owner = owner
    this.#signal = signal
    this.#watched = new Watched(parts.store)
  }

  start(): void {
    const { store, clock, background } = this.#parts
    const unwatch = store.watch((committed) => this.#hear(committed))
    this.#signal.addEventListener('abort', unwatch, { once: true })
    background.run('first look at all reports', async () => {
      this.#add(await this.#watched.unfinished())
      await this.#look()
    })
    const failed = (error: unknown) =>
      this.#parts.logger.error({ err: error }, 'the reports could not be looked at')
    clock.every(lookTime, () => this.#look(), this.#signal, failed)
    clock.every(tick, () => this.#tryAgain(), this.#signal, failed)
  }

  #hear(committed: Committed): void {
    if (!['change', 'environment', 'build'].includes(committed.kind)) return
    this.#news.set(`${committed.kind} ${committed.id}`, committed)
    if (this.#gathering) return
    this.#gathering = true
    this.#parts.background.run('gathering news for reports', () => this.#gather())
  }

  async #gather(): Promise<void> {
    await this.#parts.clock.sleep(gatherTime, this.#signal)
    this.#gathering = false
    if (this.#signal.aborted) return
    const news = [...this.#news.values()]
    this.#news.clear()
    this.#add(await newsOf(this.#parts.store, this.#watched, news))
  }

  async #look(): Promise<void> {
    this.#add(await this.#watched.differing())
  }

  #tryAgain(): void {
    const now = this.#parts.clock.now()
    const due = [...this.#due].filter(([, at]) => at <= now).map(([id]) => id)
    for (const id of due) this.#due.delete(id)
    this.#add(due)
  }

  #add(ids: Iterable<string>): void {
    for (const id of ids) this.#waiting.add(id)
    for (const id of this.#waiting) {
      if (this.#signal.aborted || this.#running.size >= atOnce) return
      if (this.#running.has(id)) continue
      this.#waiting.delete(id)
      this.#running.add(id)
      this.#parts.background.run('a report on a change', () => this.#publish(id))
    }
  }

  async #publish(id: string): Promise<void> {
    try {
      await publishChange(this.#parts, id, this.#owner)
      const due = dueOf(await this.#parts.store.get('report', id), this.#owner)
      if (due === null) this.#due.delete(id)
      else this.#due.set(id, due)
    } catch (error) {
      this.#due.set(id, this.#parts.clock.now() + lookTime)
      throw error
    } finally {
      this.#running.delete(id)
      this.#add([])
    }
  }
}
