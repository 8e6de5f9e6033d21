import { chooseFile, type Chosen } from '../qaackfile/locate.ts'
import type { Mirror } from '../repositories/mirror.ts'
import { Remembered } from '../repositories/remembered.ts'

/** A Qaackfile with its text, or why there is none. */
export type OwnFile = { file: string; text: string } | Exclude<Chosen, { file: string }>

/** Commits whose files are remembered, of each mirror: a build asks once in either stage. */
const mostCommits = 4

/** They go with their mirror. */
const known = new WeakMap<Mirror, Remembered<OwnFile>>()

/** The Qaackfile that a commit has. */
export function ownFile(mirror: Mirror, hash: string): Promise<OwnFile> {
  const files = known.get(mirror) ?? new Remembered(mostCommits)
  known.set(mirror, files)
  return files.ask(hash, () => readOwn(mirror, hash))
}

async function readOwn(mirror: Mirror, hash: string): Promise<OwnFile> {
  const chosen = chooseFile(await mirror.paths(hash, 'qaack', '.qaack'))
  if (!('file' in chosen)) return chosen
  return { file: chosen.file, text: await mirror.readFile(hash, chosen.file) }
}
