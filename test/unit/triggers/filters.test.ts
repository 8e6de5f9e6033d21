import assert from 'node:assert/strict'
import test from 'node:test'
import { defaultSettings } from '../../../src/repositories/repository.ts'
import { changeFilteredOut, filteredOut } from '../../../src/triggers/filters.ts'
import { hasPathFilter } from '../../../src/triggers/path-filter.ts'
import { matchesWildcard } from '../../../src/triggers/wildcard.ts'

const branch = (name: string) => ({ type: 'branch' as const, name, hash: 'a'.repeat(40) })
const webhook = (more: object) => ({ ...defaultSettings.webhook, ...more })

test('wildcards match as people write them', () => {
  const table: [string, string, boolean][] = [
    ['main', 'main', true],
    ['main', 'main2', false],
    ['release/*', 'release/1/2', true],
    ['release/*', 'release', false],
    ['*-wip', 'a-wip-wip', true],
    ['v?.?', 'v1.2', true],
    ['v?.?', 'v1.22', false],
    ['*', '', true],
    ['', 'x', false],
    ['a*b*c', 'aXbYbZc', true],
    ['[a', '[a', true],
  ]
  for (const [pattern, name, expected] of table)
    assert.equal(matchesWildcard(pattern, name), expected, `${pattern} ${name}`)
})

test('where include and exclude both match, include wins', () => {
  assert.equal(
    filteredOut(webhook({ include: ['feature/*'], exclude: ['feature/old'] }), branch('feature/old')),
    undefined,
  )
})

test('an excluded branch, one that include leaves out, and a ref type that is off are told apart', () => {
  assert.match(filteredOut(webhook({ exclude: ['wip*'] }), branch('wip-1')) ?? '', /matches exclude "wip\*"/)
  assert.match(filteredOut(webhook({ include: ['main'] }), branch('wip-1')) ?? '', /none of include/)
  assert.match(
    filteredOut(webhook({ tags: false }), { type: 'tag', name: 'v1' }) ?? '',
    /tags are switched off/,
  )
  assert.equal(filteredOut(webhook({}), branch('anything')), undefined)
})

test('of a change its own switch counts, and the branch it comes from', () => {
  assert.match(changeFilteredOut(webhook({ changes: false }), 'a') ?? '', /changes are switched off/)
  assert.equal(changeFilteredOut(webhook({ branches: false, tags: false }), 'a'), undefined)
  assert.match(changeFilteredOut(webhook({ exclude: ['wip*'] }), 'wip-1') ?? '', /matches exclude "wip\*"/)
  assert.equal(changeFilteredOut(webhook({ include: ['wip-1'], exclude: ['wip*'] }), 'wip-1'), undefined)
})

test('branch filters do not concern tags, nor the numbers of changes', () => {
  const strict = webhook({ include: ['main'] })
  assert.equal(filteredOut(strict, { type: 'tag', name: 'v1' }), undefined)
  assert.equal(filteredOut(strict, { type: 'change', name: '12' }), undefined)
})

test('paths of a change matter only where there is a filter for them', () => {
  assert.equal(hasPathFilter(webhook({})), false)
  assert.equal(hasPathFilter(webhook({ paths: ['a'] })), true)
  assert.equal(hasPathFilter(webhook({ pathsIgnore: ['a'] })), true)
})
