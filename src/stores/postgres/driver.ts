import { PostgresDriver } from 'kysely'
import type { DatabaseConnection } from 'kysely'

export class SteadyPostgresDriver extends PostgresDriver {
  /** On a connection that broke there is nothing to roll back; a second error would hide the first. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => undefined)
  }
}
