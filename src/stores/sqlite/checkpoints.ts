import { once } from 'node:events'
import { statSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

/** Bytes of the write-ahead log beyond which it is copied into the database; SQLite cuts it down to that when it begins it anew. */
export const logLimit = 4 * 1024 * 1024
/** Milliseconds between two looks at the log. */
const lookTime = 20
/** Milliseconds until the next try after one that failed. */
const failureTime = 10_000

/**
 * Copies the write-ahead log into the database on a thread of its own. SQLite would do so within whatever commit makes
 * the log too long, and wait for the disk: ten milliseconds and more in which the thread of the service, which also
 * carries the proxy's traffic, does nothing else.
 */
export class Checkpoints {
  readonly #path: string
  #worker: Worker | undefined
  #busy = false
  #closed = false
  #looked = 0

  constructor(path: string) {
    this.#path = path
  }

  /** To be told of each write that is committed. */
  written(): void {
    const now = performance.now()
    if (this.#busy || this.#closed || now - this.#looked < lookTime) return
    this.#looked = now
    if (sizeOf(`${this.#path}-wal`) <= logLimit) return
    this.#busy = true
    this.#worker ??= this.#start()
    this.#worker.postMessage(null)
  }

  /** Resolves when nothing is done any more. Safe twice. */
  async close(): Promise<void> {
    this.#closed = true
    await this.#worker?.terminate()
  }

  /** It ends by itself when it is idle. If it cannot work at all, SQLite does, once the log is far too long. */
  #start(): Worker {
    const worker = new Worker(new URL('./checkpoint-worker.ts', import.meta.url), { workerData: this.#path })
    worker.unref()
    worker.on('message', () => (this.#busy = false))
    // A disk that is full does not get free by being asked at every write.
    worker.on('error', () => (this.#looked = performance.now() + failureTime))
    void once(worker, 'exit').then(() => {
      this.#busy = false
      this.#worker = undefined
    })
    return worker
  }
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
