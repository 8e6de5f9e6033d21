import { PostgresAdapter, PostgresIntrospector, PostgresQueryCompiler } from 'kysely'
import type { Logger } from '../../logger.ts'
import type { SqlDialect } from '../sql/dialect.ts'
import { openDatabase } from './database.ts'
import { SteadyPostgresDriver } from './driver.ts'
import { explainPostgres, nameOf } from './explain.ts'

/** `url`: `postgres://user:password@host:port/database`, also with the parameters that `pg` knows. */
export function postgresDialect(url: string, logger: Logger): SqlDialect {
  const name = nameOf(url)
  return {
    kysely: {
      createDriver: () => new SteadyPostgresDriver(openDatabase(url, logger)),
      createAdapter: () => new PostgresAdapter(),
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createIntrospector: (db) => new PostgresIntrospector(db),
    },
    growingKey: 'bigserial',
    oneAtATime: false,
    explain: (error) => explainPostgres(error, name),
  }
}
