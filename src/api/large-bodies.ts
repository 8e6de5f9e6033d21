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
  #held = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /**
   * False if there is no room now. Else the body may come, and its connection is cut if it does not. `most`: bytes that it
   * can have, also where its length is not told.
   */
  admit(request: IncomingMessage, response: ServerResponse, most: number): boolean {
    const size = sizeOf(request, most)
    if (this.#held > 0 && this.#held + size > room) return false
    this.#held += size
    const late = this.#clock.deadline(patience, new Error('the body did not come in time'))
    late.signal.addEventListener('abort', () => {
      if (!request.complete) request.destroy()
    })
    response.once('close', () => {
      late.clear()
      this.#held -= size
    })
    return true
  }
}

function sizeOf({ headers }: IncomingMessage, most: number): number {
  const told = Number(headers['content-length'] ?? most)
  return told > small ? Math.min(told, most) : 0
}
