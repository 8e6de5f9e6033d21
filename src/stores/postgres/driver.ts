import { PostgresDriver } from 'kysely'
import type { DatabaseConnection } from 'kysely'
import type { Database } from './database.ts'

export class SteadyPostgresDriver extends PostgresDriver {
  readonly #database: Database

  constructor(database: Database) {
    super({ pool: database.pool })
    this.#database = database
  }

  /** On a connection that broke there is nothing to roll back; a second error would hide the first. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => undefined)
  }

  override async destroy(): Promise<void> {
    await super.destroy()
    this.#database.cut()
  }
}
