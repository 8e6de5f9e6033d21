import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'
import type { LogState } from './checkpoint-worker.ts'

/** Bytes up to which the write-ahead log is left alone. */
const short = 16 * 1024 * 1024
/** Pages of the log that are worth copying. */
const worthIt = 1000
/** Pages from which on the log is to be begun anew: 128 MiB. */
const long = 32_768
/** Pages that are copied so quickly that everybody can wait for it. */
const few = 500
/** Milliseconds between two looks at the log. */
const lookTime = 100

/**
 * Copies the write-ahead log into the database on a thread of its own. SQLite would do so within whatever commit makes
 * the log too long, and wait for the disk: ten milliseconds and more in which nobody else gets at the database, and calls of
 * git hosts are not answered.
 *
 * SQLite begins the log anew when all of it is copied. Under steady writing that never is so; then, once it has grown long
 * and little of it is left to copy, whoever wants to use the database waits for that, without holding up the thread.
 */
export class Checkpoints {
  readonly #path: string
  #worker: Worker | undefined
  #busy = false
  #closed = false
  #looked = 0
  #pause: PromiseWithResolvers<void> | undefined

  constructor(path: string) {
    this.#path = path
  }

  /** To be told of each write that is committed. */
  written(): void {
    const now = performance.now()
    if (this.#busy || this.#closed || now - this.#looked < lookTime) return
    this.#looked = now
    if (sizeOf(`${this.#path}-wal`) <= short) return
    this.#busy = true
    this.#worker ??= this.#start()
    this.#worker.postMessage(worthIt)
  }

  /** A promise while nobody should use the database. */
  pause(): Promise<void> | undefined {
    return this.#pause?.promise
  }

  /** Resolves when nothing is done any more. Safe twice. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
    this.#end()
  }

  #copied({ log, checkpointed }: LogState): void {
    if (this.#pause || this.#closed || log < long || log - checkpointed > few) return this.#end()
    this.#pause = Promise.withResolvers<void>()
    this.#worker?.postMessage(1)
  }

  #end(): void {
    this.#busy = false
    this.#pause?.resolve()
    this.#pause = undefined
  }

  /** It ends by itself when it is idle. If it cannot work at all, SQLite does, once the log is far too long. */
  #start(): Worker {
    const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: this.#path })
    worker.unref()
    worker.on('message', (state: LogState) => this.#copied(state))
    worker.on('error', () => undefined)
    worker.on('exit', () => {
      this.#worker = undefined
      this.#end()
    })
    return worker
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
