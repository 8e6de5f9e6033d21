import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'

const prefix = 'scratch-'
/** Tells this process's from those that a killed one left. */
const mine = `${prefix}${randomBytes(4).toString('hex')}-`

/** A directory for what is made and soon thrown away, on the disk of the mirror. */
export function makeScratch(gitDir: string): Promise<string> {
  return mkdtemp(join(gitDir, mine))
}

/** Removes what earlier processes left. */
export async function removeOldScratch(gitDir: string): Promise<void> {
  const old = (await readdir(gitDir)).filter((name) => name.startsWith(prefix) && !name.startsWith(mine))
  await Promise.all(old.map((name) => rm(join(gitDir, name), { recursive: true, force: true })))
}
