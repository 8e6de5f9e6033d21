import assert from 'node:assert/strict'
import { test } from 'node:test'
import { takeChange } from '../../../src/changes/take.ts'
import { openChanges } from './setting.ts'

type Setting = Awaited<ReturnType<typeof openChanges>>

async function take(at: Setting, told: Parameters<typeof takeChange>[2]) {
  const repository = await at.parts.store.get('repository', at.repositoryId)
  assert.ok(repository)
  return takeChange(at.parts, repository, told)
}

test('an event that does not say who the author is leaves the author as it was', async () => {
  await using at = await openChanges()
  const first = at.offer('12', { 'a.txt': 'one' })
  await take(at, first)
  const later = at.edit('12', { title: 'renamed' })
  const known = await take(at, { ...later, author: null })
  assert.deepEqual([known.title, known.author], ['renamed', first.author])
})

test('of a change that nobody told of before the host is asked', async () => {
  await using at = await openChanges()
  const offered = at.offer('12', { 'a.txt': 'one' }, { author: 'grace' })
  assert.equal((await take(at, { ...offered, author: null })).author, 'grace')
})
