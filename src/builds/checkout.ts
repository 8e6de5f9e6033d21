import { Readable } from 'node:stream'
import { systemClock, type Clock } from '../clock.ts'
import type { Container } from '../engines/engine.ts'
import { BuildFailure } from '../errors.ts'
import type { Checkout } from '../qaackfile/qaackfile.ts'
import type { Mirror } from '../repositories/mirror.ts'
import type { Ref } from '../repositories/repository.ts'
import type { PutFiles } from '../workloads/workload.ts'
import { prepareLayers, type Layer } from './checkout-layers.ts'
import { removeFrom } from './checkout-remove.ts'
import { Scratch } from './checkout-scratch.ts'
import { bytesOf, endOfTar, type Owner } from './checkout-tar.ts'
import { Trees } from './checkout-trees.ts'
import { writeLayer, type WritePlace } from './checkout-write.ts'

export interface CheckoutWish {
  /** Has the commit already. */
  mirror: Mirror
  hash: string
  ref: Pick<Ref, 'type' | 'name'>
  /** Running, if something was there before; else created is enough. */
  container: Container
  /** Absolute path in the container; made if it is not there. */
  path: string
  options: Checkout
  /** Who all of it shall belong to; root. */
  owner?: Owner
  /** A commit that was put there earlier and worked on since: only what differs is touched. */
  previous?: string
  /** Options that `previous` was put there with; the same. */
  previousOptions?: Checkout
  /** Goes into the container before the code, and after what the new commit has no more is gone. */
  files?: PutFiles
  clock?: Clock
  /** What is remembered of earlier checkouts; one memory for all of them. */
  trees?: Trees
  signal?: AbortSignal
}

const recent = new Trees()

/**
 * Puts the code of a commit into a container, with a `.git` in which `git status`, `log` and `describe` work. Neither git nor
 * tar is needed there; with `previous`, `rm` is if files went away. Nothing is written on this server but packs, for a moment.
 * What the repository is to blame for (a submodule that cannot be had) is a BuildFailure, the rest GitFailure or the
 * engine's. Calling it again after a failure is safe.
 */
export async function checkout(wish: CheckoutWish): Promise<void> {
  const { container, owner = { uid: 0, gid: 0 }, clock = systemClock, trees = recent } = wish
  mustBeAbsolute(wish.path)
  wish.signal?.throwIfAborted()
  const ending = new AbortController()
  const signal = wish.signal ? AbortSignal.any([wish.signal, ending.signal]) : ending.signal
  const scratch = await Scratch.in(wish.mirror)
  let cause: unknown
  try {
    const prepare = () => scratch.beside(prepareLayers({ ...wish, scratch, trees, signal }))
    // Others' servers are waited for first; the rest is done while the engine makes itself ready to unpack.
    const layers = wish.options.submodules || wish.options.lfs ? await prepare() : undefined
    const now = Math.floor(clock.now() / 1000)
    const root = bytesOf(wish.path.replace(/^\/+|\/+$/g, ''))
    const tar = tarOf(
      async () => layers ?? prepare(),
      { ...wish, signal },
      { root, owner, now, trees },
      (error) => (cause = error),
    )
    // From the top: an engine may refuse symlinks that lead out of the folder that it unpacks into.
    await container.copyIn('/', Readable.from(tar, { objectMode: false }), {
      signal,
      ...(wish.files ? { files: wish.files } : {}),
    })
  } catch (error) {
    wish.signal?.throwIfAborted()
    // What broke the stream tells more than what the engine says of a stream that broke.
    throw cause ?? error
  } finally {
    ending.abort()
    await scratch.clear()
  }
}

/** The archive. What has to go from the container goes before the first byte. */
async function* tarOf(
  prepare: () => Promise<Layer[]>,
  { container, path, signal }: { container: Container; path: string; signal: AbortSignal },
  place: WritePlace,
  failed: (error: unknown) => void,
) {
  try {
    const layers = await prepare()
    await removeFrom(container, path, layers, signal)
    for (const layer of layers) yield* writeLayer(layer, place)
    yield endOfTar
  } catch (error) {
    failed(error)
    throw error
  }
}

function mustBeAbsolute(path: string): void {
  if (!path.startsWith('/') || path.split('/').includes('..')) {
    throw new BuildFailure(`code cannot be put into "${path}"; give an absolute path without ".."`)
  }
}
