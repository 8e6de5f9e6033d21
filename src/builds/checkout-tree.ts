import { isUtf8 } from 'node:buffer'
import type { Mirror } from '../repositories/mirror.ts'
import { Remembered } from '../repositories/remembered.ts'
import { contentOf } from './checkout-history.ts'
import type { Scratch } from './checkout-scratch.ts'
import { orAborted } from './together.ts'

/** A leaf of a tree: file, symlink or submodule. Paths are bytes, one character each. */
export interface TreeEntry {
  path: string
  /** As git keeps it: 0o100644, 0o100755, 0o120000, 0o160000. */
  mode: number
  hash: string
  /** Bytes in the repository; 0 for a submodule, or if it was not asked for. */
  size: number
}

export const submoduleMode = 0o160000

/** All leaves of a commit, in the order of an index; without `sizes` every size is 0, which is much faster. */
export async function readTree(
  mirror: Mirror,
  hash: string,
  { sizes, signal }: { sizes: boolean; signal: AbortSignal },
): Promise<TreeEntry[]> {
  const args = ['ls-tree', '-r', ...(sizes ? ['-l'] : []), '-z', '--full-tree', hash]
  const listed = (await mirror.run(args, { signal, maxBytes: maxList })).toString('latin1')
  const entries: TreeEntry[] = []
  for (let at = 0, end = listed.indexOf('\0'); end >= 0; at = end + 1, end = listed.indexOf('\0', at)) {
    const tab = listed.indexOf('\t', at)
    // `<mode> <type> <hash>`, and the size in a column of its own.
    const from = listed.indexOf(' ', at + 7) + 1
    entries.push({
      path: listed.slice(tab + 1, end),
      mode: Number.parseInt(listed.slice(at, at + 6), 8),
      hash: listed.slice(from, from + hash.length),
      size: Number(listed.slice(from + hash.length, tab)) || 0,
    })
  }
  return entries
}

/** A list of a million files has about 100 MB. */
const maxList = 512 * 1024 * 1024

/** What is to be done to get from one commit's tree to another's. */
export interface TreeChange {
  /** What becomes of each leaf that differs: the new one, of size 0, or null if it is no more. */
  leaves: Map<string, TreeEntry | null>
  /** Files and symlinks to be put; content or mode differs, or they are new. */
  put: Set<string>
  /** Leaves that must go first: they are no more, or something of another kind takes their place. */
  remove: string[]
  /** Folders that are new, and those in which git has nothing any more, deepest first. */
  newFolders: Set<string>
  emptied: string[]
  /** Submodules that are new or at another commit: path -> the commit before, undefined for a new one. */
  submodules: Map<string, string | undefined>
}

/** What is being compared in each mirror: services of one build are brought from one commit to another at the same moment. */
const comparing = new WeakMap<Mirror, Remembered<TreeChange>>()

export function compareTrees(
  mirror: Mirror,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<TreeChange> {
  const running = comparing.get(mirror) ?? new Remembered(0)
  comparing.set(mirror, running)
  return orAborted(
    running.ask(`${from} ${to}`, () => compare(mirror, from, to)),
    signal,
  )
}

async function compare(mirror: Mirror, from: string, to: string): Promise<TreeChange> {
  const args = ['diff-tree', '-r', '-t', '-z', '--raw', '--no-renames', '--no-abbrev', from, to]
  const fields = (await mirror.run(args, { maxBytes: maxList })).toString('latin1').split('\0')
  const change: TreeChange = {
    leaves: new Map(),
    put: new Set(),
    remove: [],
    newFolders: new Set(),
    emptied: [],
    submodules: new Map(),
  }
  for (let at = 0; at + 1 < fields.length; at += 2) {
    const [before = '', mode = '', oldHash = '', hash = ''] = (fields[at] ?? '').slice(1).split(' ')
    const after = { path: fields[at + 1] ?? '', mode: Number.parseInt(mode, 8), hash, size: 0 }
    note(change, Number.parseInt(before, 8), oldHash, after)
  }
  // What is left in a folder that becomes a file goes with it.
  const replaced = change.emptied.filter((path) => change.put.has(path))
  const emptied = change.emptied.filter((path) => !change.put.has(path)).reverse()
  return { ...change, remove: [...change.remove, ...replaced], emptied }
}

const folderMode = 0o040000

function note(change: TreeChange, before: number, oldHash: string, leaf: TreeEntry): void {
  const { path, mode: after } = leaf
  if (before === folderMode || after === folderMode) {
    if (before === 0) change.newFolders.add(path)
    if (after === 0) change.emptied.push(path)
    return
  }
  if (after !== 0 || !change.leaves.has(path)) change.leaves.set(path, after === 0 ? null : leaf)
  // A file may be written over a file; anything else must make room first.
  if (before !== 0 && kindOf(before) !== kindOf(after)) change.remove.push(path)
  if (after === submoduleMode) change.submodules.set(path, before === submoduleMode ? oldHash : undefined)
  else if (after !== 0) change.put.add(path)
}

/** 0o100: file, 0o120: symlink, 0o160: submodule. */
function kindOf(mode: number): number {
  return mode >>> 9
}

/** Bytes of paths on a command line, of which a system takes 128 KiB at least. */
const maxArguments = 96 * 1024

/** The tree as a tar stream, anew with each call; of these leaves only if they are few: then it is made at once, and once. */
export function archive(
  mirror: Mirror,
  hash: string,
  only: Set<string> | undefined,
  { scratch, ...given }: { scratch: Scratch; signal: AbortSignal; config?: Record<string, string> },
): (signal: AbortSignal) => AsyncIterable<Buffer> {
  const options = { ...given, seconds: 3600 }
  const paths = only && asArguments([...only])
  if (!paths) return (signal) => mirror.stream(['archive', '--format=tar', hash], { ...options, signal })
  const file = scratch.path()
  const args = ['archive', '--format=tar', `--output=${file}`, hash, '--', ...paths]
  const made = scratch.beside(mirror.run(args, options))
  return async function* (signal) {
    await orAborted(made, signal)
    yield* contentOf(file)
  }
}

/** undefined if they are too many for a command line, or cannot be written on one. */
function asArguments(paths: string[]): string[] | undefined {
  const bytes = paths.map((path) => Buffer.from(path, 'latin1'))
  const length = bytes.reduce((sum, path) => sum + path.length + 1, 0)
  if (length > maxArguments || !bytes.every((path) => isUtf8(path))) return undefined
  return bytes.map((path) => path.toString('utf8'))
}
