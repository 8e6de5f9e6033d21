import assert from 'node:assert/strict'
import test from 'node:test'
import { isForgettable } from '../../../src/changes/change.ts'

const day = 86_400_000

test('a change is forgotten 90 days after the last thing that happened to it, and only if it has ended', () => {
  const change = { updatedAt: 10 * day, knownAt: 0, movedAt: null }
  assert.equal(isForgettable({ ...change, state: 'closed' }, 100 * day), false)
  assert.equal(isForgettable({ ...change, state: 'closed' }, 100 * day + 1), true)
  assert.equal(isForgettable({ ...change, state: 'merged' }, 100 * day + 1), true)
  assert.equal(isForgettable({ ...change, state: 'open' }, 1000 * day), false)
  assert.equal(isForgettable({ ...change, state: 'closed', knownAt: 11 * day }, 100 * day + 1), false)
  assert.equal(isForgettable({ ...change, state: 'closed', movedAt: 11 * day }, 100 * day + 1), false)
})
