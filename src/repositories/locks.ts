import { readdir, readFile, readlink, rm } from 'node:fs/promises'
import { join } from 'node:path'

/** Commands of git that write to a repository, as they stand in a process's command line. */
const writers = /fetch|clone|index-pack|unpack-objects|pack-refs|update-ref|repack|gc|prune|commit-graph/

/**
 * Removes lock files that a killed git left in a mirror. False if some process may still hold them, which then is an orphan
 * that is about to finish. Call it only when this process itself writes nothing there.
 */
export async function removeLocks(gitDir: string): Promise<boolean> {
  if (await isWrittenTo(gitDir)) return false
  const entries = await readdir(gitDir, { recursive: true, withFileTypes: true })
  const locks = entries.filter(
    (entry) => entry.isFile() && (entry.name.endsWith('.lock') || entry.name.startsWith('tmp_')),
  )
  await Promise.all(locks.map((entry) => rm(join(entry.parentPath, entry.name), { force: true })))
  return true
}

/** Git runs with the mirror as its working directory, and its children inherit that. Where /proc is not, nobody is seen. */
async function isWrittenTo(gitDir: string): Promise<boolean> {
  const processes = await readdir('/proc').catch(() => [])
  for (const pid of processes.filter((name) => /^\d+$/.test(name))) {
    const directory = await readlink(`/proc/${pid}/cwd`).catch(() => '')
    if (directory !== gitDir) continue
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (writers.test(command)) return true
  }
  return false
}
