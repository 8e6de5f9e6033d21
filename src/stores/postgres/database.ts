import { Socket } from 'node:net'
import { Pool } from 'pg'
import type { Logger } from '../../logger.ts'

export interface Database {
  pool: Pool
  /** Ends what the pool no longer knows: it forgets a connection that could not log in, and leaves it open. */
  cut(): void
}

/** Connections are made when they are needed, and again after the server was away. */
export function openDatabase(url: string, logger: Logger): Database {
  const sockets = new Set<Socket>()
  const stream = () => {
    const socket = new Socket()
    sockets.add(socket)
    return socket.once('close', () => sockets.delete(socket))
  }
  const pool = new Pool({
    stream,
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
  const cut = () => {
    for (const socket of sockets) socket.destroy()
  }
  return { pool, cut }
}
