import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import type { Engine } from './engines/engine.ts'
import type { GitHost } from './hosts/host.ts'
import type { Logger } from './logger.ts'
import type { RepositoryType } from './repositories/repository.ts'
import type { Store } from './stores/store.ts'

/** The parts of the running service, put together in main.ts and handed to every flow. */
export interface Parts {
  config: Config
  store: Store
  engine: Engine
  clock: Clock
  logger: Logger
  hosts: Partial<Record<RepositoryType, GitHost>>
  /** Label of everything this installation makes on the engine. */
  instance: string
  /** Seals and opens what is secret at rest, 32 bytes. */
  secretKey: Buffer
  /** Work that goes on after its request was answered; drained before the process ends. */
  background: Background
}

/** Runs work beside the caller and remembers it, so that a shutdown can wait for it. */
export class Background {
  readonly #running = new Set<Promise<void>>()
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  run(what: string, work: () => Promise<void>): void {
    const running = work()
      .catch((error: unknown) => this.#logger.error({ err: error }, `${what} failed`))
      .finally(() => this.#running.delete(running))
    this.#running.add(running)
  }

  /** Resolves when nothing runs any more. */
  async drained(): Promise<void> {
    while (this.#running.size > 0) await Promise.all(this.#running)
  }
}
