import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Ref } from '../../../src/repositories/repository.ts'
import { diffRefs } from '../../../src/repositories/sync.ts'

const branch = (name: string, hash: string): Ref => ({ type: 'branch', name, hash })

test('new, moved and gone refs are told apart; what stayed is not told', () => {
  const known = [branch('same', '1'), branch('moved', '1'), branch('gone', '1')].map((ref) => ({
    id: ref.name,
    ref,
  }))
  const diff = diffRefs(known, [branch('same', '1'), branch('moved', '2'), branch('new', '3')])
  assert.deepEqual(diff, {
    appeared: [branch('new', '3')],
    changed: [{ id: 'moved', ref: branch('moved', '2') }],
    gone: [{ id: 'gone', ref: branch('gone', '1') }],
  })
})

test('every environment of a ref moves and goes with it', () => {
  const known = ['a', 'b'].map((id) => ({ id, ref: branch('main', '1') }))
  assert.deepEqual(
    diffRefs(known, [branch('main', '2')]).changed.map(({ id }) => id),
    ['a', 'b'],
  )
  assert.deepEqual(
    diffRefs(known, []).gone.map(({ id }) => id),
    ['a', 'b'],
  )
})

test('a tag and a branch of one name are two refs', () => {
  const diff = diffRefs(
    [{ ref: branch('v1', '1') }],
    [branch('v1', '1'), { type: 'tag', name: 'v1', hash: '2' }],
  )
  assert.deepEqual(diff.appeared, [{ type: 'tag', name: 'v1', hash: '2' }])
})

test('changes are left alone: git does not tell of them', () => {
  const change = { ref: { type: 'change', name: '7', hash: '1' } as Ref }
  assert.deepEqual(diffRefs([change], []), { appeared: [], changed: [], gone: [] })
})
