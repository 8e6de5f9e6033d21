import assert from 'node:assert/strict'
import test from 'node:test'
import { defaultSettings } from '../../../src/repositories/repository.ts'
import { filteredOut } from '../../../src/triggers/filters.ts'
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
