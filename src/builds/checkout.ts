import { Readable } from 'node:stream'
import { systemClock, type Clock } from '../clock.ts'
import type { Container } from '../engines/engine.ts'
import { BuildFailure } from '../errors.ts'
import type { PutFiles } from '../workloads/workload.ts'
import type { Layer } from './checkout-layers.ts'
import { Preparations, type CodeWish } from './checkout-prepared.ts'
import { removeFrom } from './checkout-remove.ts'
import { bytesOf, endOfTar, type Owner } from './checkout-tar.ts'
import { writeLayer, type WritePlace } from './checkout-write.ts'

export interface CheckoutWish extends CodeWish {
  /** Running, if something was there before; else created is enough. */
  container: Container
  /** Absolute path in the container; made if it is not there. */
  path: string
  /** Who all of it shall belong to; root. */
  owner?: Owner
  /** Goes into the container before the code, and after what the new commit has no more is gone. */
  files?: PutFiles
  clock?: Clock
  /** What is made ready for checkouts, and remembered of earlier ones; one for all of them. */
  preparations?: Preparations
  signal?: AbortSignal
}

const shared = new Preparations()

/**
 * Begins with what a checkout into a container that is not there yet will need, where that takes nothing but this server.
 * Without it the checkout only takes longer.
 */
export function prepareCheckout(wish: CodeWish, parts: { clock: Clock; ending: AbortSignal }): void {
  if (!asksOthers(wish)) shared.ahead(codeWish(wish), parts)
}

/**
 * Puts the code of a commit into a container, with a `.git` in which `git status`, `log` and `describe` work. Neither git nor
 * tar is needed there; with `previous`, `rm` is if files went away. Nothing is written on this server but packs and small
 * archives, for a moment. What the repository is to blame for (a submodule that cannot be had) is a BuildFailure, the rest
 * GitFailure or the engine's. Calling it again after a failure is safe.
 */
export async function checkout(wish: CheckoutWish): Promise<void> {
  const { owner = { uid: 0, gid: 0 }, clock = systemClock, preparations = shared } = wish
  mustBeAbsolute(wish.path)
  wish.signal?.throwIfAborted()
  const ending = new AbortController()
  const signal = wish.signal ? AbortSignal.any([wish.signal, ending.signal]) : ending.signal
  const now = Math.floor(clock.now() / 1000)
  const root = bytesOf(wish.path.replace(/^\/+|\/+$/g, ''))
  const place = { root, owner, now, trees: preparations.trees, signal }
  try {
    await preparations.use(codeWish(wish), signal, async (prepare) => {
      // Others' servers are waited for first; the rest is done while the engine makes itself ready to unpack.
      const layers = asksOthers(wish) ? await prepare() : undefined
      await copyIn(async () => layers ?? prepare(), { ...wish, signal }, place)
    })
  } catch (error) {
    wish.signal?.throwIfAborted()
    throw error
  } finally {
    ending.abort()
  }
}

/** What of a wish is not about the container. */
function codeWish({ mirror, hash, ref, options, previous, previousOptions }: CodeWish): CodeWish {
  return { mirror, hash, ref, options, previous, ...(previousOptions ? { previousOptions } : {}) }
}

function asksOthers({ options }: CodeWish): boolean {
  return options.submodules || options.lfs
}

async function copyIn(
  prepare: () => Promise<Layer[]>,
  wish: Pick<CheckoutWish, 'container' | 'path' | 'files'> & { signal: AbortSignal },
  place: WritePlace,
): Promise<void> {
  let cause: unknown
  const tar = tarOf(prepare, wish, place, (error) => (cause = error))
  try {
    // From the top: an engine may refuse symlinks that lead out of the folder that it unpacks into.
    const { signal, files } = wish
    const source = Readable.from(tar, { objectMode: false })
    await wish.container.copyIn('/', source, { signal, ...(files ? { files } : {}) })
  } catch (error) {
    // What broke the stream tells more than what the engine says of a stream that broke.
    throw cause ?? error
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
