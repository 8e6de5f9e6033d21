import assert from 'node:assert/strict'
import { test } from 'node:test'
import { matchName, matchRef, matchRepositories, splitRef } from '../../../../src/cli/client/match.ts'

const team = { id: 'g1', name: 'team' }
const other = { id: 'g2', name: 'other' }
const shop = { id: 'shopshopsh', name: 'shop', group: team }
const namesake = { id: 'shopothers', name: 'shop', group: other }
const nested = { id: 'nestednest', name: 'shop/feature', group: team }

function environment(id: string, type: string, ref: string, name: string = ref) {
  return { id, name, gitRef: { type, name: ref }, repository: shop }
}

test('a repository is meant by its id, its name, or group and name', () => {
  assert.deepEqual(matchRepositories('shopothers', [shop, namesake]), [namesake])
  assert.deepEqual(matchRepositories('other/shop', [shop, namesake]), [namesake])
  assert.deepEqual(matchRepositories('shop', [shop]), [shop])
  assert.deepEqual(matchRepositories('nope', [shop]), [])
})

test('a name that two repositories have is found twice', () => {
  assert.deepEqual(matchRepositories('shop', [shop, namesake]), [shop, namesake])
})

test('refs may have slashes, and so may repositories', () => {
  assert.deepEqual(splitRef('shop/feature/x', [shop, nested]), [
    { repository: shop, ref: 'feature/x' },
    { repository: nested, ref: 'x' },
  ])
  assert.deepEqual(splitRef('team/shop/main', [shop]), [{ repository: shop, ref: 'main' }])
  assert.deepEqual(splitRef('shop/', [shop]), [])
  assert.deepEqual(splitRef('shopping/main', [shop]), [])
})

test('a branch and a tag of one name are told apart by their type', () => {
  const both = [environment('a', 'branch', 'v1'), environment('b', 'tag', 'v1')]
  assert.equal(matchRef('v1', both).length, 2)
  assert.deepEqual(matchRef('tag:v1', both), [both[1]])
})

test('a name alone is a readable name first, then a ref', () => {
  const main = environment('a', 'branch', 'main', 'main--shop')
  const clone = environment('b', 'branch', 'main')
  assert.deepEqual(matchName('main--shop', [main, clone]), [main])
  assert.deepEqual(
    matchName('main', [main, clone]),
    [main, clone],
    'a clone is not preferred for having no name',
  )
})
