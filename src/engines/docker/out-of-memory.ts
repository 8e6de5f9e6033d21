import type { IncomingMessage } from 'node:http'
import type { Connection } from './connection.ts'
import { jsonLines } from './json-lines.ts'

/**
 * Knows which containers had a process killed for memory. The engine itself says so only of containers that died; of a
 * step or a child process it tells by an event, and the kernel by a count that can be read in the container.
 */
export class OutOfMemory {
  readonly #connection: Connection
  readonly #read: (id: string) => Promise<number | undefined>
  /** Kernel's count of killed processes at the last look; a container that is not in it must be looked at. */
  readonly #counts = new Map<string, number>()
  readonly #events = new Map<string, number>()
  #listening: Promise<void> | undefined

  /** `read` looks at the kernel's count inside of a container; undefined if it cannot be had. */
  constructor(connection: Connection, read: (id: string) => Promise<number | undefined>) {
    this.#connection = connection
    this.#read = read
  }

  /** The container starts anew: nothing was killed yet. */
  async starts(id: string): Promise<void> {
    await this.#listen()
    this.#events.delete(id)
    this.#counts.set(id, 0)
  }

  forget(id: string): void {
    this.#events.delete(id)
    this.#counts.delete(id)
  }

  /** A process of the container was killed since it was started, as far as this process has heard. */
  happened(id: string): boolean {
    return (this.#events.get(id) ?? 0) > 0
  }

  /** Begins to watch one command. The answer tells whether a process was killed since; `failed` = it did not end well. */
  async watch(id: string): Promise<(failed: boolean) => Promise<boolean>> {
    await this.#listen()
    const before = this.#counts.get(id) ?? (await this.#read(id))
    const eventsBefore = this.#events.get(id) ?? 0
    if (before !== undefined) this.#counts.set(id, before)
    return async (failed) => {
      const heard = (this.#events.get(id) ?? 0) > eventsBefore
      if (heard || !failed) return heard
      // The event may come later than the end of the command; the kernel's count is there at once.
      const after = await this.#read(id)
      if (after === undefined || before === undefined) return (this.#events.get(id) ?? 0) > eventsBefore
      this.#counts.set(id, after)
      return after > before
    }
  }

  #listen(): Promise<void> {
    this.#listening ??= this.#open()
    this.#listening.catch(() => (this.#listening = undefined))
    return this.#listening
  }

  async #open(): Promise<void> {
    const stream = (await this.#connection.call('tell who runs out of memory', (docker) =>
      docker.getEvents({ filters: { type: ['container'], event: ['oom'] } }),
    )) as IncomingMessage
    // It is listened to for as long as the process lives, and shall not be why it lives.
    stream.socket.unref()
    void this.#hear(stream)
  }

  async #hear(stream: IncomingMessage): Promise<void> {
    try {
      for await (const event of jsonLines(stream)) {
        const { id } = event as { id: string }
        this.#events.set(id, (this.#events.get(id) ?? 0) + 1)
        // What was counted for it is old now.
        this.#counts.delete(id)
      }
    } catch {
      // The engine went away; whoever asks next listens anew, and counts anew.
    } finally {
      this.#listening = undefined
      this.#counts.clear()
    }
  }
}
