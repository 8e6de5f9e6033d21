import type { TreeChange, TreeEntry } from './checkout-tree.ts'

/**
 * The trees of the commits that were checked out last, with the size of every file: to look sizes up takes git longer
 * than all the rest of a small change. A commit's hash says all of it, so whose it is does not matter.
 */
export class Trees {
  readonly #most: number
  /** The one that was used last stands last. */
  readonly #trees = new Map<string, TreeEntry[]>()
  #entries = 0

  /** Of so many files in all, about 250 bytes each. */
  constructor(most = 50_000) {
    this.#most = most
  }

  get(hash: string): TreeEntry[] | undefined {
    const tree = this.#take(hash)
    if (tree) this.keep(hash, tree)
    return tree
  }

  keep(hash: string, tree: TreeEntry[]): void {
    if (tree.length > this.#most) return
    this.#take(hash)
    this.#trees.set(hash, tree)
    this.#entries += tree.length
    for (const oldest of this.#trees.keys()) {
      if (this.#entries <= this.#most) return
      this.#take(oldest)
    }
  }

  #take(hash: string): TreeEntry[] | undefined {
    const tree = this.#trees.get(hash)
    this.#entries -= tree?.length ?? 0
    this.#trees.delete(hash)
    return tree
  }
}

/** The tree that a change makes of one, in the order of an index; what is put has no size yet. */
export function treeAfter(tree: TreeEntry[], { leaves }: TreeChange): TreeEntry[] {
  const after = new Map(tree.map((entry) => [entry.path, entry]))
  for (const [path, leaf] of leaves) {
    if (leaf) after.set(path, leaf)
    else after.delete(path)
  }
  return [...after.values()].sort((a, b) => (a.path < b.path ? -1 : 1))
}
