import type { Checkout } from '../qaackfile/qaackfile.ts'
import type { Mirror } from '../repositories/mirror.ts'
import type { Ref } from '../repositories/repository.ts'
import { packHistory, type History } from './checkout-history.ts'
import { fetchLfs, lfsConfig } from './checkout-lfs.ts'
import { findSubmodules, type Submodule } from './checkout-submodules.ts'
import {
  archive,
  compareTrees,
  readTree,
  submoduleMode,
  type TreeChange,
  type TreeEntry,
} from './checkout-tree.ts'

/** All that is to be put for one repository: the one that was asked for, or a submodule. Paths are bytes, one character each. */
export interface Layer {
  hash: string
  ref: Pick<Ref, 'type' | 'name'> | null
  url: string
  /** Folders of its files and of its git directory, below the checkout's path. */
  prefix: string
  gitDir: string
  tree: TreeEntry[]
  /** What differs from the commit that is in place; null = nothing is in place. */
  change: TreeChange | null
  /** When the commit in place was made, seconds since 1970; 0 = nothing is in place. */
  previousTime: number
  /** The history in place was cut off. */
  wasCut: boolean
  history: History
  submodules: Submodule[]
  /** The tree's files as a tar stream; null = none of them differs. */
  files: AsyncIterable<Buffer> | null
}

export interface LayersWish {
  mirror: Mirror
  hash: string
  ref: Pick<Ref, 'type' | 'name'> | null
  options: Checkout
  previous?: string | undefined
  previousOptions?: Checkout
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
        const previous = there !== undefined && (await submodule.mirror.hasCommit(there)) ? there : undefined
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
  return layer.change === null || layer.change.put.has(path) || !before.submodules
}

async function prepareOne({
  mirror,
  hash,
  options,
  previous,
  previousOptions,
  signal,
  ...place
}: Place): Promise<Layer> {
  if (options.lfs) await fetchLfs(mirror, hash, signal)
  const config = options.lfs ? lfsConfig : {}
  const fresh = previous === undefined ? archive(mirror, hash, undefined, { signal, config }) : null
  const wasCut = previous !== undefined && (previousOptions ?? options).depth > 0
  const sameDepth = previousOptions === undefined || previousOptions.depth === options.depth
  const [tree, history, change, previousTime] = await Promise.all([
    readTree(mirror, hash, signal),
    packHistory({
      mirror,
      hash,
      depth: options.depth,
      previous: sameDepth ? (previous ?? null) : null,
      signal,
    }),
    previous === undefined ? null : compareTrees(mirror, previous, hash, signal),
    previous === undefined ? 0 : mirror.commitInfo(previous).then(({ committedAt }) => committedAt / 1000),
  ])
  const submodules = options.submodules ? await findSubmodules(mirror, hash, tree, signal) : []
  const changed = change ? onlyFiles(change, tree) : new Set<string>()
  const files = fresh ?? (changed.size === 0 ? null : archive(mirror, hash, changed, { signal, config }))
  return {
    hash,
    ref: place.ref,
    url: mirror.remote.address.url,
    prefix: place.prefix,
    gitDir: place.gitDir,
    tree,
    change,
    previousTime,
    wasCut,
    history,
    submodules,
    files,
  }
}

function onlyFiles(change: TreeChange, tree: TreeEntry[]): Set<string> {
  const links = new Set(tree.filter(({ mode }) => mode === submoduleMode).map(({ path }) => path))
  return new Set([...change.put].filter((path) => !links.has(path)))
}

export function join(folder: string, path: string): string {
  return folder === '' ? path : `${folder}/${path}`
}
