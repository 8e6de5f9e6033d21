import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import { compareChange, sameContent } from '../../../src/changes/newer.ts'
import type { HostChange } from '../../../src/hosts/event.ts'

const change: HostChange = {
  name: '12',
  title: 'A title',
  author: 'bob',
  source: 'topic',
  target: 'main',
  hash: 'a'.repeat(40),
  fork: false,
  draft: false,
  labels: ['one', 'two'],
  state: 'open',
  url: 'https://host.example/12',
  updatedAt: 5000,
}

test('what is told of an older second is older, whatever it says', () => {
  assert.equal(compareChange(change, { ...change, updatedAt: 4000, title: 'x' }), 'older')
  assert.equal(compareChange(change, { ...change, updatedAt: 6000 }), 'newer')
})

test('of one second the same is the same, and anything else is unclear', () => {
  assert.equal(compareChange(change, { ...change, labels: ['two', 'one'] }), 'same')
  const others: Partial<HostChange>[] = [
    { title: 'x' },
    { author: 'x' },
    { source: 'x' },
    { target: 'x' },
    { hash: 'b'.repeat(40) },
    { fork: true },
    { draft: true },
    { labels: ['one'] },
    { state: 'closed' },
    { url: 'x' },
  ]
  for (const other of others) assert.equal(compareChange(change, { ...change, ...other }), 'unclear')
})

test('what is kept beyond what a host says does not count', () => {
  assert.ok(sameContent(change, { ...change, updatedAt: 1, verdict: null } as HostChange))
})

test('of two tellings never both are newer', () => {
  const telling = fc
    .record({ updatedAt: fc.integer({ min: 1, max: 3 }), title: fc.constantFrom('a', 'b') })
    .map((facts) => ({ ...change, ...facts }))
  fc.assert(
    fc.property(telling, telling, (one, other) => {
      const [there, back] = [compareChange(one, other), compareChange(other, one)]
      assert.equal(there === 'newer', back === 'older')
      assert.equal(there === 'unclear', back === 'unclear')
    }),
  )
})
