import type { Checkout } from '../qaackfile/qaackfile.ts'
import type { Mirror } from '../repositories/mirror.ts'
import type { Ref } from '../repositories/repository.ts'
import { packHistory, type History } from './checkout-history.ts'
import { fetchLfs, lfsConfig } from './checkout-lfs.ts'
import { findSubmodules, type Submodule } from './checkout-submodules.ts'
import type { Scratch } from './checkout-scratch.ts'
import { archive, compareTrees, readTree, type TreeChange, type TreeEntry } from './checkout-tree.ts'
import { treeAfter, type Trees } from './checkout-trees.ts'

/** All that is to be put for one repository: the one that was asked for, or a submodule. Paths are bytes, one character each. */
export interface Layer {
  hash: string
  ref: Pick<Ref, 'type' | 'name'> | null
  url: string
  /** Folders of its files and of its git directory, below the checkout's path. */
  prefix: string
  gitDir: string
  tree: Promise<TreeEntry[]>
  /** What differs from the commit that is in place; null = nothing is in place. */
  change: TreeChange | null
  /** When the commit in place was made, seconds since 1970; 0 = nothing is in place. */
  previousTime: Promise<number>
  /** The history in place was cut off. */
  wasCut: boolean
  history: Promise<History>
  submodules: Submodule[]
  /** The tree's files as a tar stream, for each container one, which ends with its signal; null = none of them differs. */
  files: ((signal: AbortSignal) => AsyncIterable<Buffer>) | null
}

export interface LayersWish {
  /** Has the commit already. */
  mirror: Mirror
  hash: string
  ref: Pick<Ref, 'type' | 'name'> | null
  options: Checkout
  /** A commit that was put there earlier and worked on since: only what differs is touched. */
  previous?: string | undefined
  /** Options that `previous` was put there with; the same. */
  previousOptions?: Checkout
  scratch: Scratch
  trees: Trees
  signal: AbortSignal
}

/** The repository first, then its submodules, each after the one it is in. */
export function prepareLayers(wish: LayersWish): Promise<Layer[]> {
  return prepare({ ...wish, prefix: '', gitDir: '.git' })
}

type Place = LayersWish & { prefix: string; gitDir: string }

async function prepare(place: Place): Promise<Layer[]> {
  const layer = await prepareOne(place)
  const before = place.previousOptions ?? place.options
  const below = await Promise.all(
    layer.submodules
      .filter(({ path }) => isTouched(layer, path, before))
      .map(async (submodule) => {
        const there = before.submodules ? layer.change?.submodules.get(submodule.path) : undefined
        const previous = there && (await submodule.mirror.hasCommit(there)) ? there : undefined
        const { mirror, hash, path, folder } = submodule
        return prepare({
          ...place,
          mirror,
          hash,
          previous,
          ref: null,
          prefix: join(place.prefix, path),
          gitDir: `${place.gitDir}/modules/${folder}`,
        })
      }),
  )
  return [layer, ...below.flat()]
}

function isTouched(layer: Layer, path: string, before: Checkout): boolean {
  return layer.change === null || layer.change.submodules.has(path) || !before.submodules
}

async function prepareOne({
  mirror,
  hash,
  options,
  previous,
  previousOptions,
  signal,
  scratch,
  trees,
  ...place
}: Place): Promise<Layer> {
  if (options.lfs) await fetchLfs(mirror, hash, signal)
  const config = options.lfs ? lfsConfig : {}
  const before = previousOptions ?? options
  const base = before.depth === options.depth ? (previous ?? null) : null
  // All at once: what is needed last takes longest.
  const comparing =
    previous === undefined
      ? Promise.resolve(null)
      : scratch.beside(compareTrees(mirror, previous, hash, signal))
  const known = previous === undefined ? undefined : trees.get(previous)
  const tree = scratch.beside(
    known
      ? comparing.then((change) => (change ? treeAfter(known, change) : known))
      : readTree(mirror, hash, { sizes: previous !== undefined, signal }),
  )
  const history = scratch.beside(
    packHistory({ mirror, hash, depth: options.depth, previous: base, scratch, signal }),
  )
  const previousTime = scratch.beside(timeOf(mirror, previous))
  const change = await comparing
  const changed = change?.put
  return {
    hash,
    ref: place.ref,
    url: mirror.remote.address.url,
    prefix: place.prefix,
    gitDir: place.gitDir,
    tree,
    change,
    previousTime,
    wasCut: previous !== undefined && before.depth > 0,
    history,
    submodules: options.submodules ? await findSubmodules(mirror, hash, await tree, signal) : [],
    files: changed?.size === 0 ? null : archive(mirror, hash, changed, { scratch, signal, config }),
  }
}

async function timeOf(mirror: Mirror, hash: string | undefined): Promise<number> {
  return hash === undefined ? 0 : (await mirror.commitInfo(hash)).committedAt / 1000
}

export function join(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`
}
