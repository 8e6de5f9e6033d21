import type { Pair, Tree } from './tree.ts'

/** Adds what `<<` names. What a map has itself outranks it, and an earlier one of several outranks a later one. */
export function mergePairs(
  own: Pair[],
  merged: { tree: Tree; start: number }[],
  fail: (offset: number, message: string) => void,
): Pair[] {
  const pairs = new Map(own.map((pair) => [pair.key, pair]))
  for (const { tree, start } of merged) {
    for (const one of tree.kind === 'list' ? tree.items : [tree]) {
      if (one.kind !== 'map') fail(start, '<< takes a map, or a list of maps')
      else for (const pair of one.pairs) if (!pairs.has(pair.key)) pairs.set(pair.key, pair)
    }
  }
  return [...pairs.values()]
}
