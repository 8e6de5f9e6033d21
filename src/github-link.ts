import type { ApplicationFunction } from 'probot'
import type { GithubDoor } from './api/github-connect.ts'
import type { Clock } from './clock.ts'
import type { Config, GithubConfig } from './config/config.ts'
import { readSavedApp } from './config/github-app-file.ts'
import { messageOf } from './errors.ts'
import { connectGithub, type GithubConnection } from './hosts/github/connection.ts'
import type { Logger } from './logger.ts'

export interface GithubLinkParts {
  logger: Logger
  clock: Clock
  /** The Probot app function. */
  app: ApplicationFunction
  /** Told after each connecting that went well: repositories and changes of before are not known yet. */
  connected?: () => void
}

/** The connection to GitHub while the service runs: it may come, change and go. */
export class GithubLink implements GithubDoor {
  readonly #parts: GithubLinkParts
  readonly #opened = Promise.withResolvers<void>()
  #connection: GithubConnection | null = null
  /** Counts what was wanted, so that a connection that comes late does not undo what was wanted after it. */
  #wishes = 0

  constructor(parts: GithubLinkParts) {
    this.#parts = parts
  }

  /** The app of the settings, else the saved one. One that does not work is no reason not to start: the log tells, and the page /github. */
  async open(config: Pick<Config, 'github' | 'dataDir'>, secretKey: string): Promise<void> {
    try {
      const github = config.github ?? readSavedApp(config.dataDir, secretKey)
      if (github) await this.connect(github)
    } catch (error) {
      this.#parts.logger.error({}, `GitHub is not connected: ${messageOf(error)}`)
    } finally {
      this.#opened.resolve()
    }
  }

  /** Resolves when the app of before, if there was one, is connected, or is known not to work. */
  opened(): Promise<void> {
    return this.#opened.promise
  }

  connection(): GithubConnection | null {
    return this.#connection
  }

  async connect(config: GithubConfig): Promise<void> {
    const wish = ++this.#wishes
    const connection = await connectGithub(config, this.#parts)
    if (wish !== this.#wishes) return
    this.#connection = connection
    this.#parts.connected?.()
  }

  disconnect(): void {
    this.#wishes += 1
    this.#connection = null
  }
}
