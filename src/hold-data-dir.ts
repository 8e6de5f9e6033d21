import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { messageOf, QaackError } from './errors.ts'

/**
 * Holds a data folder for this process alone, until the returned function is called or the process dies, however it
 * dies: the operating system lets go of SQLite's lock then, so nothing is left that would have to be cleaned up.
 */
export function holdDataDir(dataDir: string): () => void {
  const lock = open(dataDir)
  try {
    lock.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE')
  } catch (error) {
    lock.close()
    if (!messageOf(error).includes('locked')) throw unusable(dataDir, error)
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

function open(dataDir: string): DatabaseSync {
  try {
    makeFolder(dataDir)
    return new DatabaseSync(join(dataDir, 'server.lock'))
  } catch (error) {
    throw unusable(dataDir, error)
  }
}

function unusable(dataDir: string, cause: unknown): QaackError {
  const message = `the data folder ${dataDir} cannot be used (${messageOf(cause)}); let the user that runs Qaack write there, or set data_dir to another folder`
  return new QaackError('invalid_config', message, { path: 'data_dir', cause })
}

/** Not by `recursive`: where nothing can be made at all, as below /proc, Node tries that for ever. */
function makeFolder(path: string): void {
  if (existsSync(path)) return
  makeFolder(dirname(path))
  mkdirSync(path, { mode: 0o700 })
}
