import { Worker } from 'node:worker_threads'
import { messageOf, QaackError } from '../../errors.ts'
import type { UnwatchedStore } from '../sql/unwatched.ts'
import { receivedError, type Answer, type Call } from './wire.ts'

/**
 * The store on a file of SQLite, on a thread of its own: whatever waits for the disk, packs or searches does not hold up the
 * thread that carries the previews' traffic and answers webhooks. `program`: what runs on it. Errors: as of the store.
 */
export async function openOnThread(
  path: string,
  program = new URL('./store-worker.ts', import.meta.url),
): Promise<UnwatchedStore> {
  const thread = new StoreThread(path, program)
  const method =
    <M extends keyof UnwatchedStore>(name: M) =>
    (...given: Parameters<UnwatchedStore[M]>) =>
      thread.call(name, given) as ReturnType<UnwatchedStore[M]>
  try {
    await thread.call('check', [])
  } catch (error) {
    await thread.end()
    throw error
  }
  let closing: Promise<void> | undefined
  return {
    get: method('get') as UnwatchedStore['get'],
    list: method('list') as UnwatchedStore['list'],
    ids: method('ids'),
    commit: method('commit'),
    events: method('events'),
    appendLog: method('appendLog'),
    readLog: method('readLog'),
    check: method('check'),
    close: () => (closing ??= method('close')().finally(() => thread.end())),
  }
}

class StoreThread {
  readonly #path: string
  readonly #program: URL
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>()
  readonly #outgoing: Call[] = []
  #worker: Worker | undefined
  #calls = 0
  #ended = false

  constructor(path: string, program: URL) {
    this.#path = path
    this.#program = program
  }

  call(method: Call['method'], given: unknown[]): Promise<unknown> {
    if (this.#ended) return Promise.reject(closed())
    const id = ++this.#calls
    const waiting = Promise.withResolvers<unknown>()
    this.#waiting.set(id, waiting)
    // What is asked for in one turn goes as one message, and is written as one.
    if (this.#outgoing.push({ id, method, given }) === 1) setImmediate(() => this.#send())
    return waiting.promise
  }

  async end(): Promise<void> {
    this.#ended = true
    await this.#worker?.terminate()
  }

  #send(): void {
    const calls = this.#outgoing.splice(0)
    if (this.#ended) return this.#lose(closed())
    const worker = (this.#worker ??= this.#start())
    // Only who waits for an answer keeps the process from ending.
    worker.ref()
    try {
      worker.postMessage(calls)
    } catch {
      // One of them holds what is no plain data.
      for (const call of calls) this.#sendAlone(worker, call)
    }
  }

  #sendAlone(worker: Worker, call: Call): void {
    try {
      worker.postMessage([call])
    } catch (error) {
      this.#take(call.id)?.reject(error)
    }
  }

  #start(): Worker {
    const worker = new Worker(this.#program, { workerData: this.#path })
    let fault = 'it was stopped'
    worker.on('message', (answers: Answer[]) => {
      for (const answer of answers) {
        const waiting = this.#take(answer.id)
        if ('error' in answer) waiting?.reject(receivedError(answer.error))
        else waiting?.resolve(answer.value)
      }
      if (this.#waiting.size === 0) worker.unref()
    })
    worker.on('error', (error) => (fault = messageOf(error)))
    worker.on('exit', () => {
      // The next call finds a new one.
      this.#worker = undefined
      this.#lose(this.#ended ? closed() : gone(fault))
    })
    return worker
  }

  /** What was asked for will not be answered. What was not sent yet still will be, by the next thread. */
  #lose(error: QaackError): void {
    const unsent = new Set(this.#outgoing.map(({ id }) => id))
    const lost = [...this.#waiting.keys()].filter((id) => !unsent.has(id))
    for (const id of lost) this.#take(id)?.reject(error)
  }

  #take(id: number): PromiseWithResolvers<unknown> | undefined {
    const waiting = this.#waiting.get(id)
    this.#waiting.delete(id)
    return waiting
  }
}

function closed(): QaackError {
  return new QaackError('store_unavailable', 'The store is closed: the service is stopping.')
}

function gone(fault: string): QaackError {
  return new QaackError(
    'store_unavailable',
    `The thread that has the database ended (${fault}); try again, it is started anew.`,
  )
}
