import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { TreeChange, TreeEntry } from '../../../src/builds/checkout-tree.ts'
import { treeAfter, Trees } from '../../../src/builds/checkout-trees.ts'

const tree = (...paths: string[]): TreeEntry[] =>
  paths.map((path) => ({ path, mode: 0o100644, hash: 'a'.repeat(40), size: path.length }))

function changeOf(leaves: [string, TreeEntry | null][]): TreeChange {
  return {
    leaves: new Map(leaves),
    put: new Set(),
    remove: [],
    newFolders: new Set(),
    emptied: [],
    submodules: new Map(),
  }
}

test('trees are remembered, of those that do not fit the ones that were used last', () => {
  const trees = new Trees(4)
  trees.keep('one', tree('a', 'b'))
  trees.keep('two', tree('c', 'd'))
  assert.deepEqual(trees.get('one'), tree('a', 'b'))
  trees.keep('three', tree('e'))
  assert.deepEqual(
    ['one', 'two', 'three'].map((hash) => trees.get(hash)?.length),
    [2, undefined, 1],
  )
})

test('a tree that is remembered twice takes its room once, and one that never fits takes none', () => {
  const trees = new Trees(3)
  trees.keep('one', tree('a'))
  trees.keep('one', tree('a', 'b'))
  trees.keep('two', tree('c'))
  trees.keep('large', tree('a', 'b', 'c', 'd'))
  assert.deepEqual(
    ['one', 'two', 'large'].map((hash) => trees.get(hash)?.length),
    [2, 1, undefined],
  )
})

test('a change of a tree gives the other tree, in the order of bytes', () => {
  const paths = fc.uniqueArray(fc.stringMatching(/^[a-c\xe9/.-]{1,4}$/), { maxLength: 12 })
  fc.assert(
    fc.property(paths, paths, (from, to) => {
      const [before, after] = [tree(...from.sort()), tree(...to.sort())]
      const gone = from.filter((path) => !to.includes(path))
      const come = after.filter(({ path }) => !from.includes(path))
      const change = changeOf([
        ...gone.map((path): [string, null] => [path, null]),
        ...come.map((entry): [string, TreeEntry] => [entry.path, entry]),
      ])
      assert.deepEqual(treeAfter(before, change), after)
    }),
  )
})
