import { Pool } from 'pg'
import type { Logger } from '../../logger.ts'

/** Connections are made when they are needed, and again after the server was away. */
export function openDatabase(url: string, logger: Logger): Pool {
  const pool = new Pool({
    connectionString: url,
    max: 10,
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    application_name: 'qaack',
  })
  // Without listeners a connection that breaks while nobody waits for its answer would end the process.
  const lost = (error: Error) => logger.warn({ err: error }, 'a connection to the database was lost')
  pool.on('error', lost)
  pool.on('connect', (client) => client.on('error', lost))
  return pool
}
