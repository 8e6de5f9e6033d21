import { posix } from 'node:path'
import { changedFiles, dotGitFolders, freshFiles, type DotGit } from './checkout-dotgit.ts'
import { contentOf, type History } from './checkout-history.ts'
import { indexFile, type IndexEntry } from './checkout-index.ts'
import { join, type Layer } from './checkout-layers.ts'
import { retar } from './checkout-retar.ts'
import { padding, tarFile, tarHeader, type Owner, type TarEntry } from './checkout-tar.ts'
import { submoduleMode } from './checkout-tree.ts'
import type { Trees } from './checkout-trees.ts'
import { orAborted } from './together.ts'

export interface WritePlace {
  /** Where the checkout goes, from the top of the container; no slash at either end. Bytes, one character each. */
  root: string
  owner: Owner
  /** Seconds since 1970. */
  now: number
  /** Told of the tree, where the sizes in place are those that git knows. */
  trees: Trees
  /** Of this container alone: what is made ready may be for others too, and goes on for them. */
  signal: AbortSignal
}

/** Time and size of a file as it was put. */
type Seen = Map<string, { mtime: number; size: number }>

/** One repository as tar: files, git directory, and at last the index, which knows what became of the files. */
export async function* writeLayer(layer: Layer, place: WritePlace): AsyncGenerator<Buffer> {
  const { root, owner, now, signal } = place
  const at = (path: string) => join(root, path)
  const folder = (path: string) =>
    tarHeader({ type: 'directory', path: at(path), mode: 0o755, size: 0, mtime: now, target: '' }, owner)
  const file = (path: string, text: string) =>
    tarFile({ path: at(path), mode: 0o644, mtime: now }, Buffer.from(text, 'latin1'), owner)

  // The folder itself is left as the image made it, unless somebody else shall own it.
  if (layer.change === null && at(layer.prefix) !== '' && (owner.uid !== 0 || layer.prefix !== ''))
    yield folder(layer.prefix)
  const seen: Seen = new Map()
  if (layer.files) yield* retar(layer.files(signal), owner, (entry) => placed(entry, layer, place, seen))
  for (const path of newSubmodules(layer)) yield folder(join(layer.prefix, path))

  const history = await orAborted(layer.history, signal)
  const facts = dotGit(layer, history)
  const inGit = (path: string) => join(layer.gitDir, path)
  if (layer.prefix !== '')
    yield file(join(layer.prefix, '.git'), `gitdir: ${posix.relative(layer.prefix, layer.gitDir)}\n`)
  for (const path of dotGitFolders) yield folder(path === '' ? layer.gitDir : inGit(path))
  for (const pack of history.packs) {
    yield tarHeader(
      {
        type: 'file',
        path: at(inGit(`objects/pack/${pack.name}`)),
        mode: 0o444,
        size: pack.size,
        mtime: now,
        target: '',
      },
      owner,
    )
    yield* contentOf(pack.file)
    yield padding(pack.size)
  }
  const files = layer.change === null ? freshFiles(facts) : changedFiles(facts, layer.wasCut)
  for (const { path, text } of files) {
    for (const parent of parentsOf(path)) yield folder(inGit(parent))
    yield file(inGit(path), text)
  }
  const index = indexFile(
    await indexEntries(layer, seen, place),
    layer.hash.length === 64 ? 'sha256' : 'sha1',
  )
  yield tarFile({ path: at(inGit('index')), mode: 0o644, mtime: now }, index, owner)
}

/** An entry of the archive where it shall be, or undefined if it is in place already. */
function placed(entry: TarEntry, layer: Layer, { root, now }: WritePlace, seen: Seen): TarEntry | undefined {
  const { change } = layer
  const wanted =
    change === null ||
    (entry.type === 'directory' ? change.newFolders.has(entry.path) : change.put.has(entry.path))
  if (!wanted) return undefined
  // What a build made from the old files is older than the new ones, whenever they were committed.
  const mtime = change === null ? entry.mtime : now
  seen.set(entry.path, { mtime, size: entry.type === 'symlink' ? entry.target.length : entry.size })
  return { ...entry, mtime, path: join(root, join(layer.prefix, entry.path)) }
}

function newSubmodules({ change }: Layer): string[] {
  return [...(change?.submodules ?? [])].filter(([, before]) => before === undefined).map(([path]) => path)
}

function dotGit(layer: Layer, history: History): DotGit {
  const { hash, ref, url, submodules, prefix, gitDir } = layer
  const worktree = prefix === '' ? null : posix.relative(gitDir, prefix)
  return { hash, ref, url, tags: history.tags, shallow: history.shallow, worktree, submodules }
}

/** Folders of a git directory that are not always there: those of a branch's name. */
function parentsOf(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts
    .map((_, at) => parts.slice(0, at + 1).join('/'))
    .filter((parent) => !dotGitFolders.includes(parent))
}

/**
 * Files that were in place before have the time of the commit that put them, mostly the previous one; if not, git compares
 * their content. Where attributes may have changed content on its way, its size is not known.
 */
async function indexEntries(layer: Layer, seen: Seen, { trees, signal }: WritePlace): Promise<IndexEntry[]> {
  const { change } = layer
  const known = Promise.all([layer.tree, layer.previousTime])
  const [tree, previousTime] = await orAborted(known, signal)
  const plain = !tree.some(({ path }) => path === '.gitattributes' || path.endsWith('/.gitattributes'))
  const unknown = { mtime: 0, size: 0 }
  const sized = tree.map((entry) => ({ ...entry, size: seen.get(entry.path)?.size ?? entry.size }))
  if (plain) trees.keep(layer.hash, sized)
  return sized.map((entry) => {
    if (entry.mode === submoduleMode) return { ...entry, ...unknown }
    if (change === null || !plain) return { ...entry, ...(seen.get(entry.path) ?? unknown) }
    return { ...entry, mtime: seen.get(entry.path)?.mtime ?? previousTime }
  })
}
