import { messageOf } from '../../errors.ts'
import { say, type World } from '../terminal/world.ts'
import { explainFetchError, Unreachable } from './explain.ts'
import type { Ask, Http } from './http.ts'
import { readServerEvents, type ServerEvent } from './server-events.ts'

/** Seconds before each new try to reach a server that was there before. */
const pauses = [1, 2, 4, 8, 15, 30]

/** The text of an answer, as it comes. */
export async function* textOf(http: Http, path: string, ask: Ask): AsyncGenerator<string> {
  const response = await http.open(path, ask)
  const decoder = new TextDecoder()
  try {
    for await (const chunk of response.body ?? []) yield decoder.decode(chunk as Uint8Array, { stream: true })
  } catch (error) {
    if (ask.signal?.aborted) throw ask.signal.reason
    throw explainFetchError(error, http.server)
  }
}

/**
 * A log while it grows. A connection that breaks is made again, and what was read before is not read twice; a log that
 * does not begin with what was read is another one and comes whole.
 */
export async function* followText(
  world: World,
  http: Http,
  path: string,
  signal: AbortSignal,
  seen: Seen = { text: '' },
): AsyncGenerator<string> {
  const open = () => unseen(seen, textOf(http, path, { signal, headers: { accept: 'text/plain' } }))
  yield* reconnecting(world, open, signal)
}

/** What was read of a log so far. */
export interface Seen {
  text: string
}

/** What `chunks` has beyond `seen`, which grows with it. */
export async function* unseen(seen: Seen, chunks: AsyncIterable<string>): AsyncGenerator<string> {
  const before = seen.text
  let held: string | undefined = ''
  for await (const chunk of chunks) {
    if (held === undefined) {
      seen.text += chunk
      yield chunk
      continue
    }
    held += chunk
    if (held.length < before.length && before.startsWith(held)) continue
    const fresh: string = held.startsWith(before) ? held.slice(before.length) : held
    seen.text = held
    held = undefined
    if (fresh !== '') yield fresh
  }
}

/** Server-sent events for ever: from the one after the last that came, whenever the connection has to be made again. */
export async function* followEvents(
  world: World,
  http: Http,
  path: string,
  signal: AbortSignal,
): AsyncGenerator<ServerEvent> {
  let last = ''
  const open = async function* () {
    const headers = { accept: 'text/event-stream', ...(last === '' ? {} : { 'last-event-id': last }) }
    for await (const message of readServerEvents(textOf(http, path, { signal, headers }))) {
      last = message.id
      yield message
    }
    throw new Unreachable(`${http.server.url} ended the stream of events`)
  }
  yield* reconnecting(world, open, signal)
}

/** One answer from a server that was there before, and is waited for if it just starts again. */
export async function askAgain<T>(world: World, ask: () => Promise<T>, signal: AbortSignal): Promise<T> {
  const open = async function* () {
    yield await ask()
  }
  for await (const answer of reconnecting(world, open, signal, { began: true })) return answer
  throw new Unreachable('the server gave no answer')
}

/** Opens again what broke off, with growing pauses. What never began is not tried again: there the person waits for an answer. */
async function* reconnecting<T>(
  world: World,
  open: () => AsyncIterable<T>,
  signal: AbortSignal,
  options = { began: false },
): AsyncGenerator<T> {
  let tries = options.began ? 0 : pauses.length
  for (;;) {
    try {
      for await (const item of open()) {
        tries = 0
        yield item
      }
      return
    } catch (error) {
      const pause = pauses[tries]
      if (!(error instanceof Unreachable) || pause === undefined) throw error
      if (tries++ === 0) say(world, `${messageOf(error).split(';', 1)[0]}; trying again`)
      await world.clock.sleep(pause * 1000, signal)
      if (signal.aborted) throw signal.reason
    }
  }
}
