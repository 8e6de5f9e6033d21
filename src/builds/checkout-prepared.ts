import type { Clock } from '../clock.ts'
import type { Mirror } from '../repositories/mirror.ts'
import { prepareLayers, type Layer, type LayersWish } from './checkout-layers.ts'
import { Scratch } from './checkout-scratch.ts'
import { Trees } from './checkout-trees.ts'
import { orAborted } from './together.ts'

/** From which commit to which, and how: the same for every container that is brought along the same way. */
export type CodeWish = Omit<LayersWish, 'scratch' | 'trees' | 'signal'>

interface Shared {
  layers: Promise<Layer[]>
  users: number
  /** Each gives up a place that is kept for somebody who will come. */
  reserved: Set<() => void>
  clear: () => Promise<void>
}

/** Milliseconds after which it is not waited any more for who was to use what was begun ahead. */
const patience = 60_000

/**
 * What git makes on this server for checkouts, once for all that are alike, and gone when the last of them has it. It can be
 * begun before there is a container: while the engine makes one, git has the time.
 */
export class Preparations {
  readonly trees: Trees
  readonly #shared = new WeakMap<Mirror, Map<string, Shared>>()

  constructor(trees = new Trees()) {
    this.trees = trees
  }

  /** Begins what `use` will soon be asked for, once for each time that this was called. A failure is told to who uses it. */
  ahead(wish: CodeWish, { clock, ending }: { clock: Clock; ending: AbortSignal }): void {
    const shared = this.#enter(wish)
    const leave = () => {
      if (shared.reserved.delete(leave)) void this.#leave(wish, shared)
    }
    shared.reserved.add(leave)
    void clock.sleep(patience, ending).then(leave, leave)
  }

  /** `layers` fails with the reason of `signal` when that fires, and as git does. */
  async use<T>(
    wish: CodeWish,
    signal: AbortSignal,
    work: (layers: () => Promise<Layer[]>) => Promise<T>,
  ): Promise<T> {
    const shared = this.#enter(wish)
    const [place] = shared.reserved
    place?.()
    try {
      return await work(() => orAborted(shared.layers, signal))
    } finally {
      await this.#leave(wish, shared)
    }
  }

  #enter(wish: CodeWish): Shared {
    const known = this.#of(wish).get(keyOf(wish))
    const shared = known ?? this.#begin(wish)
    shared.users += 1
    return shared
  }

  #begin(wish: CodeWish): Shared {
    const stop = new AbortController()
    const scratch = Scratch.in(wish.mirror)
    const layers = scratch.then((it) =>
      it.beside(prepareLayers({ ...wish, scratch: it, trees: this.trees, signal: stop.signal })),
    )
    const clear = async () => {
      stop.abort()
      // Without one there is nothing to clear.
      await scratch.then((it) => it.clear()).catch(() => undefined)
    }
    const shared = { layers, users: 0, reserved: new Set<() => void>(), clear }
    this.#of(wish).set(keyOf(wish), shared)
    // What failed is tried again by who comes next.
    layers.catch(() => this.#forget(wish, shared))
    return shared
  }

  async #leave(wish: CodeWish, shared: Shared): Promise<void> {
    shared.users -= 1
    if (shared.users > 0) return
    this.#forget(wish, shared)
    await shared.clear()
  }

  #forget(wish: CodeWish, shared: Shared): void {
    const all = this.#of(wish)
    if (all.get(keyOf(wish)) === shared) all.delete(keyOf(wish))
  }

  #of({ mirror }: CodeWish): Map<string, Shared> {
    const all = this.#shared.get(mirror) ?? new Map<string, Shared>()
    this.#shared.set(mirror, all)
    return all
  }
}

function keyOf({ hash, ref, options, previous, previousOptions }: CodeWish): string {
  return JSON.stringify([hash, ref, options, previous, previousOptions])
}
