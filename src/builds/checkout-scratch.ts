import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Mirror } from '../repositories/mirror.ts'
import { makeScratch } from '../repositories/scratch.ts'

/** What a checkout makes on this server and leaves nothing of: files, and work that runs beside it. */
export class Scratch {
  readonly #folder: string
  readonly #running: Promise<unknown>[] = []
  #names = 0

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async in(mirror: Mirror): Promise<Scratch> {
    return new Scratch(await makeScratch(mirror.dir))
  }

  /** A path that nobody else was given. */
  path(): string {
    return join(this.#folder, String(this.#names++))
  }

  /** Remembers work that somebody may or may not wait for. */
  beside<T>(work: Promise<T>): Promise<T> {
    work.catch(() => undefined)
    this.#running.push(work)
    return work
  }

  /** Waits for the work, which was told to end, and removes the files. */
  async clear(): Promise<void> {
    await Promise.allSettled(this.#running)
    await rm(this.#folder, { recursive: true, force: true, maxRetries: 3 })
  }
}
