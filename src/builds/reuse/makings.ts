import { scryptSync } from 'node:crypto'
import type { Qaackfile } from '../../qaackfile/qaackfile.ts'
import { matchesWildcard } from '../../triggers/wildcard.ts'
import type { EnvironmentFacts } from '../../workloads/facts.ts'

/** All that what is made of an environment depends on. */
export interface Makings {
  qaackfile: Qaackfile
  /** The same file with placeholders for the environment's own facts, see `readWithIdentity`. */
  identity: Qaackfile
  /** Variables kept in the settings, opened; files among them with what they hold. */
  custom: EnvironmentFacts['custom']
  /** Service -> ImageFacts.digest of the image that the file names for it. */
  digests: ReadonlyMap<string, string>
  /** Service -> its container, of those that are locked: they are kept, whatever the file says of how they are made. */
  locked: ReadonlyMap<string, string>
  /** See `inputsOf`. */
  inputs: Inputs
  /** Git's id of the tree that is put into the services. */
  tree: string
  /** See `partKey`. */
  key: Buffer
}

/** A wildcard of some step's `inputs` -> `path mode hash` of every file that matches it. */
export type Inputs = ReadonlyMap<string, readonly string[]>

export interface TreeFile {
  /** From the top of the repository. */
  path: string
  /** As git writes it, e.g. `100644`. */
  mode: string
  /** Of the content. */
  hash: string
}

/** Service -> how many of its steps are done, the first ones in the order of the file; one that is not named has none done. */
export type Done = Readonly<Record<string, number>>

/** Whether any step names inputs: without, nobody needs the list of files. */
export function hasInputs({ services }: Pick<Qaackfile, 'services'>): boolean {
  return services.some(({ steps }) => steps.some(({ inputs }) => inputs !== null))
}

/** What the wildcards of a file match in the tree of the commit that is built. */
export function inputsOf({ services }: Pick<Qaackfile, 'services'>, files: readonly TreeFile[]): Inputs {
  const patterns = new Set(services.flatMap(({ steps }) => steps.flatMap(({ inputs }) => inputs ?? [])))
  const byPath = new Map(files.map((file) => [file.path, file]))
  const matching = (pattern: string) => {
    if (/[*?]/.test(pattern)) return files.filter(({ path }) => matchesWildcard(pattern, path))
    const file = byPath.get(pattern)
    return file ? [file] : []
  }
  const lineOf = ({ path, mode, hash }: TreeFile) => `${path} ${mode} ${hash}`
  return new Map([...patterns].map((pattern) => [pattern, matching(pattern).map(lineOf).sort()]))
}

let known: { secretKey: string; key: Buffer } | undefined

/**
 * The key that hashes of parts are made with. Values of secrets are among the parts, and the server's key may be one that a
 * person chose: it is made expensive to guess, and remembered because that takes 50 ms.
 */
export function partKey(secretKey: string): Buffer {
  if (known?.secretKey !== secretKey)
    known = { secretKey, key: scryptSync(secretKey, 'qaack reusables v1', 32) }
  return known.key
}
