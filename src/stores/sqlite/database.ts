import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Opens the file, making it and its directory for the owner's eyes only; SQLite gives `-wal` and `-shm` the same mode. */
export function openDatabase(path: string): DatabaseSync {
  if (path !== ':memory:') {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    closeSync(openSync(path, 'a', 0o600))
  }
  const database = new DatabaseSync(path, { timeout: 5000 })
  try {
    database.exec(pragmas)
  } catch (error) {
    database.close()
    throw error
  }
  return database
}

/**
 * `normal` in WAL mode: a commit is with the kernel when it resolves, so the end of this process, however sudden, loses
 * nothing, and no crash damages the file. A power cut may take the commits of the last seconds. `full` would wait for
 * the disk at every commit (a tenth of a millisecond on a fast disk, ten on a slow one), and with it all who want to write
 * after it, and what it would save is found again at start: refs are read from the git hosts and
 * containers from the engine. Checkpoints are the work of another thread (see checkpoints.ts); SQLite's own come only
 * where that one cannot keep up, at 512 MiB.
 */
const pragmas = `
  pragma journal_mode = wal;
  pragma synchronous = normal;
  pragma journal_size_limit = 134217728;
  pragma wal_autocheckpoint = 131072;
`
