import assert from 'node:assert/strict'
import test from 'node:test'
import type { BuildRecord } from '../../../src/builds/build.ts'
import type { ChangeRecord, Verdict } from '../../../src/changes/change.ts'
import { isBegun, isOutdated, isSettled, outcomeText, type Seen } from '../../../src/changes/verdict.ts'
import { situation } from '../environments/situations.ts'

const hash = 'a'.repeat(40)

function changeWith(more: Partial<ChangeRecord> = {}): ChangeRecord {
  return {
    id: 'change2222',
    version: 1,
    repositoryId: 'repository1',
    name: '12',
    title: 'A title',
    author: 'bob',
    source: 'topic',
    target: 'main',
    hash,
    fork: false,
    draft: false,
    labels: [],
    state: 'open',
    url: '',
    updatedAt: 1,
    approved: null,
    verdict: { kind: 'build', hash, why: '' },
    movedAt: null,
    knownAt: 1,
    ...more,
  }
}

test('a change is settled when what was decided is about what it is now', () => {
  assert.ok(isSettled(changeWith()))
  const unsettled: Partial<ChangeRecord>[] = [
    { verdict: null },
    { hash: 'b'.repeat(40) },
    { state: 'closed' },
    { verdict: { kind: 'closed', hash, why: '' } },
    {
      fork: true,
      approved: { hash, target: 'main', by: 'alice', at: 1 },
      verdict: { kind: 'approval', hash, why: '' },
    },
  ]
  for (const facts of unsettled) assert.equal(isSettled(changeWith(facts)), false, JSON.stringify(facts))
  assert.ok(isSettled(changeWith({ fork: true, verdict: { kind: 'approval', hash, why: '' } })))
  assert.ok(isSettled(changeWith({ state: 'merged', verdict: { kind: 'closed', hash, why: '' } })))
})

test('a build that was made from another target is outdated', () => {
  const source = (target: string): BuildRecord['source'] => ({
    commit: hash,
    target: { name: target, hash },
    qaackfile: hash,
    trusted: true,
  })
  const build = situation('building').build ?? undefined
  assert.ok(build)
  assert.equal(isOutdated(changeWith(), undefined), undefined)
  assert.equal(isOutdated(changeWith(), { ...build, source: source('main') }), undefined)
  assert.equal(isOutdated(changeWith(), { ...build, source: source('release') }), 'it is offered to main now')
  assert.equal(isOutdated(changeWith({ hash: 'b'.repeat(40) }), { ...build, source: source('x') }), undefined)
})

test('a build whose source is not known yet is outdated only where nothing is decided', () => {
  const build = situation('building').build ?? undefined
  assert.ok(build)
  assert.equal(isOutdated(changeWith(), build), undefined)
  assert.equal(isOutdated(changeWith({ verdict: null }), build), 'it is offered to main now')
  assert.equal(isOutdated(changeWith({ verdict: null }), { ...build, status: 'waiting' }), undefined)
})

test('every outcome is a sentence that names the change, the commit and the reason', () => {
  const { environment } = situation('built')
  const none: Seen = { before: undefined, after: undefined }
  const there: Seen = { before: environment, after: environment }
  const says = (seen: Seen, kind: Verdict['kind'], why = 'the reason') =>
    outcomeText(seen, changeWith(), { kind, hash, why })
  const built = { before: environment, after: { ...environment, builds: 5 } }
  assert.ok(isBegun(built))
  assert.equal(says(built, 'build', ''), 'change 12 at aaaaaaa: build 5 of its preview is on its way')
  assert.equal(says(there, 'build', ''), 'change 12 at aaaaaaa: nothing new for its preview')
  const empty = { ...environment, state: 'empty' as const }
  assert.equal(
    says({ before: empty, after: empty }, 'build', ''),
    'change 12 at aaaaaaa: its preview was deleted, and stays so until the next commit',
  )
  assert.equal(
    says({ ...there, after: undefined }, 'closed'),
    'change 12 at aaaaaaa: its preview was removed: the reason',
  )
  assert.equal(says(none, 'closed'), 'change 12 at aaaaaaa: there is no preview of it: the reason')
  assert.equal(says(there, 'remove'), 'change 12 at aaaaaaa: its preview stays: the reason')
  assert.equal(says(none, 'approval'), 'change 12 at aaaaaaa: waits for approval: the reason')
  assert.equal(says(none, 'ignored'), 'change 12 at aaaaaaa: ignored: the reason')
  assert.equal(says(none, 'silent'), 'change 12 at aaaaaaa: ignored: the reason')
})
