import assert from 'node:assert/strict'
import test from 'node:test'
import type { BuildRecord } from '../../../src/builds/build.ts'
import { lapsed, queuePositions, selectNext } from '../../../src/queue/select.ts'
import { situation } from '../environments/situations.ts'

const slots = { create: 2, build: 2 }

function build(id: string, more: Partial<BuildRecord>): BuildRecord {
  const open = situation('queued').build as BuildRecord
  return { ...open, id, environmentId: `env-${id}`, ...more }
}

test('the longest waiting build is next', () => {
  const builds = [build('b', { waitingSince: 2 }), build('a', { waitingSince: 1 })]
  assert.equal(selectNext(builds, slots)?.id, 'a')
})

test('a repository with fewer running builds goes before one that waits longer', () => {
  const builds = [
    build('r', { repositoryId: 'big', status: 'running' }),
    build('a', { repositoryId: 'big', waitingSince: 1 }),
    build('b', { repositoryId: 'small', waitingSince: 2 }),
  ]
  assert.equal(selectNext(builds, slots)?.id, 'b')
})

test('nothing starts while all slots of its stage are taken; the other stage has its own', () => {
  const full = [build('r', { status: 'running' }), build('s', { status: 'running' }), build('a', {})]
  assert.equal(selectNext(full, slots), undefined)
  assert.equal(selectNext([...full, build('c', { stage: 'create' })], slots)?.id, 'c')
})

test('positions follow the order in which slots will be given', () => {
  const builds = [
    build('a', { repositoryId: 'big', waitingSince: 1 }),
    build('b', { repositoryId: 'big', waitingSince: 2 }),
    build('c', { repositoryId: 'small', waitingSince: 3 }),
    build('d', { stage: 'create', waitingSince: 0 }),
  ]
  assert.deepEqual(
    [...queuePositions(builds)],
    [
      ['env-a', 1],
      ['env-c', 2],
      ['env-b', 3],
    ],
  )
})

test('a lease lapses at its end and not before', () => {
  const held = build('a', { status: 'running', lease: { owner: 'w', until: 100 } })
  assert.deepEqual(lapsed([held], 100), [])
  assert.deepEqual(lapsed([held], 101), [held])
})
