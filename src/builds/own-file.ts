import { chooseFile, type Chosen } from '../qaackfile/locate.ts'
import type { Mirror } from '../repositories/mirror.ts'

/** A Qaackfile with its text, or why there is none. */
export type OwnFile = { file: string; text: string } | Exclude<Chosen, { file: string }>

/** Commits whose files are remembered, of each mirror: a build asks once in either stage. */
const mostCommits = 4

/** They go with their mirror. */
const known = new WeakMap<Mirror, Map<string, Promise<OwnFile>>>()

/** The Qaackfile that a commit has. Of one commit it is read once: that does not change. */
export function ownFile(mirror: Mirror, hash: string): Promise<OwnFile> {
  const files = known.get(mirror) ?? new Map<string, Promise<OwnFile>>()
  known.set(mirror, files)
  const found = files.get(hash)
  if (found) return found
  const read = readOwn(mirror, hash)
  files.set(hash, read)
  read.catch(() => files.delete(hash))
  for (const oldest of files.keys()) {
    if (files.size <= mostCommits) break
    files.delete(oldest)
  }
  return read
}

async function readOwn(mirror: Mirror, hash: string): Promise<OwnFile> {
  const chosen = chooseFile(await mirror.paths(hash, 'qaack', '.qaack'))
  if (!('file' in chosen)) return chosen
  return { file: chosen.file, text: await mirror.readFile(hash, chosen.file) }
}
