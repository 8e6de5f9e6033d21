import assert from 'node:assert/strict'
import test from 'node:test'
import { catchUp, newMemory } from '../../../src/changes/catch-up.ts'
import { forgetOldChanges } from '../../../src/changes/old.ts'
import { lockService } from '../../../src/environments/lock.ts'
import { emptyReport } from '../../../src/reports/report.ts'
import { openChanges } from './setting.ts'

const day = 86_400_000

test('what is kept of changes that ended goes in time, but for one whose preview is kept', async () => {
  await using at = await openChanges()
  for (const name of ['1', '2', '3']) {
    await at.tell(at.offer(name, { 'a.txt': name }))
    await at.untilPreview(name, 'built')
  }
  await lockService(at.parts, (await at.preview('2')).id, 'db')
  for (const name of ['1', '2']) await at.tell(at.edit(name, { state: 'closed' }))
  const { id } = await at.change('1')
  await at.parts.store.commit([{ insert: 'report', record: emptyReport(id) }])
  const names = async () => (await at.parts.store.list('change')).map(({ name }) => name)
  const now = at.clock.now()
  await catchUp(at.parts, newMemory())
  assert.deepEqual(await names(), ['1', '2', '3'])

  const later = Object.assign(Object.create(at.clock) as typeof at.clock, { now: () => now + 91 * day })
  await forgetOldChanges({ ...at.parts, clock: later })
  assert.deepEqual(await names(), ['2', '3'])
  assert.equal(await at.parts.store.get('report', id), undefined)
})
