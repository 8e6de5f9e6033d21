import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createGroups, type Groups } from '../../../../src/stores/sql/groups.ts'
import type { Change, Committed } from '../../../../src/stores/store.ts'

function removal(id: string): Change[] {
  return [{ remove: 'group', id, version: 1 }]
}

function idOf([change]: Change[]): string {
  return change !== undefined && 'remove' in change ? change.id : ''
}

function removed(changes: Change[]): Committed[] {
  return [{ kind: 'group', id: idOf(changes), removed: true }]
}

/** Writes what it is given, but for ids that begin with `no`, and keeps book of what was written as one. */
function book(): Groups & { written: string[][] } {
  const written: string[][] = []
  const write = async (commits: Change[][]) => {
    const ids = commits.map(idOf)
    await Promise.resolve()
    if (ids.some((id) => id.startsWith('no'))) throw new Error(`${ids.join()} refused`)
    written.push(ids)
    return commits.map(removed)
  }
  return { written, ...createGroups(write) }
}

test('commits that are asked for together are written as one, each with its own answer', async () => {
  const groups = book()
  const answers = await Promise.all(['a', 'b', 'c'].map((id) => groups.commit(removal(id))))
  assert.deepEqual(groups.written, [['a', 'b', 'c']])
  assert.deepEqual(
    answers,
    ['a', 'b', 'c'].map((id) => removed(removal(id))),
  )
})

test('one that is refused is refused alone', async () => {
  const groups = book()
  const answers = await Promise.allSettled(['a', 'no', 'b'].map((id) => groups.commit(removal(id))))
  assert.deepEqual(groups.written, [['a'], ['b']])
  assert.deepEqual(
    answers.map(({ status }) => status),
    ['fulfilled', 'rejected', 'fulfilled'],
  )
  const [, refused] = answers
  assert.match(String(refused?.status === 'rejected' && refused.reason), /^Error: no refused$/)
})

test('those that come while others are written go together after them', async () => {
  const groups = book()
  const first = groups.commit(removal('a'))
  await Promise.resolve()
  await Promise.resolve()
  const late = [groups.commit(removal('b')), groups.commit(removal('c'))]
  await Promise.all([first, ...late])
  assert.deepEqual(groups.written, [['a'], ['b', 'c']])
})

test('a great many are written in parts, and idle waits for all of them', async () => {
  const groups = book()
  await groups.idle()
  for (let count = 0; count < 200; count += 1) void groups.commit(removal(String(count)))
  await groups.idle()
  assert.equal(groups.written.flat().length, 200)
  assert.ok(groups.written.length > 1 && Math.max(...groups.written.map((ids) => ids.length)) <= 64)
})
