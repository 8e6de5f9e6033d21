import type { Clock } from '../../clock.ts'
import { isQaackError, QaackError } from '../../errors.ts'
import { addressesOf, clientFor, type Client, type Place } from './connect.ts'
import { explain, whyUnreachable } from './errors.ts'

/** Milliseconds that an engine may take for its first answer, and for any call that is no stream. */
export interface Patience {
  connect: number
  answer: number
}

/** The way to the engine: finds it when first needed, again after it went away, and lets no call wait for ever. */
export class Connection {
  readonly clock: Clock
  readonly #place: Place
  readonly #patience: Patience
  #found: Promise<{ docker: Client; address: string }> | undefined

  constructor(place: Place, clock: Clock, patience: Patience) {
    this.#place = place
    this.clock = clock
    this.#patience = patience
  }

  /** Where the engine answers, as `DOCKER_HOST` has it. */
  async address(): Promise<string> {
    return (await this.#find()).address
  }

  /**
   * One call that answers soon. `what` completes "could not …". Errors are ours, or the reason of `signal`.
   * `patience` is in milliseconds, where the answer takes its time.
   */
  async call<T>(
    what: string,
    work: (docker: Client, abortSignal: AbortSignal) => Promise<T>,
    options: { signal?: AbortSignal | undefined; patience?: number } = {},
  ): Promise<T> {
    const patience = options.patience ?? this.#patience.answer
    const late = new QaackError(
      'engine_unavailable',
      `the Docker engine did not answer in ${patience / 1000} s when asked to ${what}; look whether it is overloaded, or start it again`,
    )
    const deadline = this.clock.deadline(patience, late, options.signal)
    try {
      return await this.stream(what, work, deadline.signal)
    } finally {
      deadline.clear()
    }
  }

  /** A call that may last; only `signal` ends it. */
  async stream<T>(
    what: string,
    work: (docker: Client, abortSignal: AbortSignal) => Promise<T>,
    signal: AbortSignal,
  ): Promise<T> {
    signal.throwIfAborted()
    try {
      const { docker } = await this.#find()
      return await unlessAborted(work(docker, signal), signal)
    } catch (error) {
      if (signal.aborted) throw signal.reason
      const known = explain(error, what)
      if (isQaackError(known, 'engine_unavailable')) this.#found = undefined
      throw known
    }
  }

  /** Forgets where it was found, so that the next call looks again. */
  forget(): void {
    this.#found = undefined
  }

  #find(): Promise<{ docker: Client; address: string }> {
    this.#found ??= this.#search()
    this.#found.catch(() => (this.#found = undefined))
    return this.#found
  }

  async #search(): Promise<{ docker: Client; address: string }> {
    const tried: string[] = []
    let cause: unknown
    for (const address of addressesOf(this.#place)) {
      const late = new Error(`no answer in ${this.#patience.connect / 1000} s`)
      const deadline = this.clock.deadline(this.#patience.connect, late)
      try {
        const docker = clientFor(address, this.#place.certPath)
        await unlessAborted(docker.ping({ abortSignal: deadline.signal }), deadline.signal)
        return { docker, address }
      } catch (error) {
        if (isQaackError(error)) throw error
        cause ??= error
        tried.push(`${address} (${whyUnreachable(error)})`)
      } finally {
        deadline.clear()
      }
    }
    throw new QaackError(
      'engine_unavailable',
      `no Docker engine answers at ${tried.join(', ')}; start the engine, or set DOCKER_HOST to one that runs`,
      { cause },
    )
  }
}

/** Not every call of the library can be aborted; whoever waits for it can be let go all the same. */
function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason as Error)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}
