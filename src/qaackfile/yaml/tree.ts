/** A YAML document with the place of each of its parts. Places are offsets in the text it was read from. */
export type Tree = ScalarTree | ListTree | MapTree

export interface ScalarTree {
  kind: 'scalar'
  start: number
  value: string | number | boolean | null
  /** As written, without quotes: the number 1.10 is still `1.10`. */
  text: string
}

export interface ListTree {
  kind: 'list'
  start: number
  items: Tree[]
}

export interface MapTree {
  kind: 'map'
  start: number
  /** In the order written. */
  pairs: Pair[]
}

export interface Pair {
  key: string
  keyStart: number
  value: Tree
}

export type Path = readonly (string | number)[]

/** `services.web.commands.build[1]` */
export function pathText(path: Path): string {
  return path
    .map((part, index) => (typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`))
    .join('')
}

/** The part under a path, or the last one on the way to it that is there. */
export function partAt(tree: Tree, path: Path): Tree {
  let at = tree
  for (const step of path) {
    const next = childOf(at, step)
    if (next === undefined) return at
    at = next
  }
  return at
}

/** Where a fault under this path is shown: at the value, or at its name. */
export function offsetAt(tree: Tree, path: Path, at: 'name' | 'value'): number {
  const last = path.at(-1)
  const parent = partAt(tree, path.slice(0, -1))
  const pair = parent.kind === 'map' ? parent.pairs.find(({ key }) => key === last) : undefined
  if (at === 'name' && pair) return pair.keyStart
  const part = partAt(tree, path)
  // What was left empty has no place of its own.
  if (part.start < 0) return pair ? pair.keyStart : Math.max(0, parent.start)
  return part.start
}

export function childOf(tree: Tree | undefined, step: string | number): Tree | undefined {
  if (tree?.kind === 'list') return tree.items[Number(step)]
  if (tree?.kind === 'map') return tree.pairs.find(({ key }) => key === step)?.value
  return undefined
}

export function pairsOf(tree: Tree | undefined): Pair[] {
  return tree?.kind === 'map' ? tree.pairs : []
}

export function itemsOf(tree: Tree | undefined): Tree[] {
  return tree?.kind === 'list' ? tree.items : []
}

/** The document as plain data. What an alias repeats is the same object each time. */
export function plainData(tree: Tree, made = new Map<Tree, unknown>()): unknown {
  if (tree.kind === 'scalar') return tree.value
  const known = made.get(tree)
  if (known !== undefined) return known
  const data =
    tree.kind === 'list'
      ? tree.items.map((item) => plainData(item, made))
      : Object.fromEntries(tree.pairs.map(({ key, value }) => [key, plainData(value, made)]))
  made.set(tree, data)
  return data
}
