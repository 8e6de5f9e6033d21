import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '../clock.ts'

/** Bytes that are nothing to speak of. */
const small = 1024 * 1024
/** Bytes of all large bodies that are read at once. */
const room = 8 * 25 * 1024 * 1024
/** Milliseconds in which a body has to come; who is in earnest has long given up by then. */
const patience = 30_000

/**
 * What bodies may take of our memory and time before anybody has proved who it is: a few large ones at once, none for ever.
 * Small ones always get in.
 */
export class LargeBodies {
  readonly #clock: Clock
  readonly #ending: AbortSignal
  /** Those whose bodies have to come, the oldest first, each with when its time is over. */
  readonly #coming = new Map<IncomingMessage, number>()
  #held = 0
  #watching = false

  /** `ending`: when nothing is to be watched any more, because the server itself ends. */
  constructor(clock: Clock, ending: AbortSignal) {
    this.#clock = clock
    this.#ending = ending
  }

  /**
   * False if there is no room now. Else the body may come, and its connection is cut if it does not. `most`: bytes that it
   * can have, also where its length is not told.
   */
  admit(request: IncomingMessage, response: ServerResponse, most: number): boolean {
    const size = sizeOf(request, most)
    if (this.#held > 0 && this.#held + size > room) return false
    this.#held += size
    this.#coming.set(request, this.#clock.now() + patience)
    this.#watch()
    response.once('close', () => {
      this.#coming.delete(request)
      this.#held -= size
    })
    return true
  }

  /** One timer for all: there may be thousands in a second. */
  #watch(): void {
    const [first] = this.#coming.values()
    if (first === undefined || this.#watching || this.#ending.aborted) return
    this.#watching = true
    void this.#clock.sleep(first - this.#clock.now(), this.#ending).then(() => {
      this.#watching = false
      const now = this.#clock.now()
      for (const [request, end] of this.#coming) {
        if (end > now) break
        this.#coming.delete(request)
        if (!request.complete) request.destroy()
      }
      this.#watch()
    })
  }
}

function sizeOf({ headers }: IncomingMessage, most: number): number {
  const told = Number(headers['content-length'] ?? most)
  return told > small ? Math.min(told, most) : 0
}
