import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { QaackError } from './errors.ts'

/**
 * Holds a data folder for this process alone, until the returned function is called or the process dies, however it
 * dies: the operating system lets go of SQLite's lock then, so nothing is left that would have to be cleaned up.
 */
export function holdDataDir(dataDir: string): () => void {
  mkdirSync(dataDir, { recursive: true, mode: 0o700 })
  const lock = new DatabaseSync(join(dataDir, 'server.lock'))
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    throw new QaackError(
      'invalid_config',
      `another Qaack server uses the data folder ${dataDir}; stop it, or set data_dir to another folder`,
      {
        path: 'data_dir',
        cause: error,
      },
    )
  }
  return () => {
    if (lock.isOpen) lock.close()
  }
}
