import assert from 'node:assert/strict'
import test from 'node:test'
import { followOpen } from '../../../src/changes/follow-open.ts'
import { updateSettings } from '../../../src/repositories/manage.ts'
import { openChanges } from './setting.ts'

test('new settings count for the changes that are open already', async () => {
  await using at = await openChanges()
  const draft = at.offer('1', { 'a.txt': 'one' }, { draft: true })
  await at.tell(draft)
  await at.tell(at.offer('2', { 'b.txt': 'two' }))
  for (const name of ['1', '2']) await at.untilPreview(name, 'built')
  const { repositoryId } = await at.change('1')
  await updateSettings(at.parts, repositoryId, { webhook: { labels: ['preview'] } })
  await followOpen(at.parts, repositoryId)
  assert.deepEqual([await at.previews('1'), await at.previews('2')], [[], []])
  await updateSettings(at.parts, repositoryId, { webhook: { labels: [], drafts: false } })
  await followOpen(at.parts, repositoryId)
  await at.untilPreview('2', 'built')
  assert.deepEqual(await at.previews('1'), [])
})
