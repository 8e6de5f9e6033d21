import type { Background } from './background.ts'
import type { Clock } from './clock.ts'
import type { Config } from './config/config.ts'
import type { Engine } from './engines/engine.ts'
import type { GitHost } from './hosts/host.ts'
import type { Logger } from './logger.ts'
import type { Git } from './repositories/git.ts'
import type { KeyMaker, RepositoryType } from './repositories/repository.ts'
import type { Store } from './stores/store.ts'

/** The parts of the running service, put together in main.ts and handed to every flow. */
export interface Parts {
  config: Config
  store: Store
  engine: Engine
  clock: Clock
  logger: Logger
  /** Runs git on this server. */
  git: Git
  hosts: Partial<Record<RepositoryType, GitHost>>
  /** Label of everything this installation makes on the engine. */
  instance: string
  /** Seals and opens what is secret at rest. */
  secretKey: string
  /** Makes a repository's SSH key; RSA of 4096 bits if absent, which takes seconds. */
  makeKeyPair?: KeyMaker
  /** Fires when the service ends: for what would keep it from ending. */
  ending: AbortSignal
  /** Work that goes on after its request was answered; drained before the process ends. */
  background: Background
}
