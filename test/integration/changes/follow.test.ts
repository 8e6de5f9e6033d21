import assert from 'node:assert/strict'
import test from 'node:test'
import { followChange } from '../../../src/changes/follow.ts'
import { deleteEnvironment } from '../../../src/environments/lifecycle.ts'
import { lockService } from '../../../src/environments/lock.ts'
import { drainTime } from '../../../src/environments/owns.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import { openChanges } from './setting.ts'

test('a change gets a preview, a push moves it, and closing the change leaves nothing', async () => {
  await using at = await openChanges()
  const opened = at.offer('12', { 'a.txt': 'one' })
  assert.match(await at.tell(opened), /^change 12 at \w{7}: build 1 of its preview is on its way$/)
  const first = await at.untilPreview('12', 'built')
  assert.deepEqual(first.ref, { type: 'change', name: '12', hash: opened.hash })
  assert.equal(first.name, 'pr-12--shop')
  assert.equal((await at.change('12')).verdict?.kind, 'build')

  const pushed = at.offer('12', { 'a.txt': 'two' })
  await at.tell(pushed)
  await at.untilTrue(async () => (await at.preview('12')).serving?.hash === pushed.hash, 'at the new commit')
  assert.equal((await at.preview('12')).id, first.id)

  assert.match(
    await at.tell(at.edit('12', { state: 'merged' })),
    /its preview was removed: the change was merged/,
  )
  assert.deepEqual(await at.previews('12'), [])
  await at.clock.advance(drainTime)
  await at.parts.background.drained()
  assert.deepEqual(await at.left(), [])
  assert.equal((await at.change('12')).verdict?.kind, 'closed')
})

test('the same delivery once more does nothing more, and is no news', async () => {
  await using at = await openChanges()
  const opened = at.offer('12', { 'a.txt': 'one' })
  await at.tell(opened)
  await at.untilPreview('12', 'built')
  const before = await at.messages()
  assert.match(await at.tell(opened), /nothing new for its preview/)
  assert.deepEqual(await at.messages(), before)
  assert.equal((await at.preview('12')).builds, 1)
})

test('reading the refs of a repository leaves the previews of its changes alone', async () => {
  await using at = await openChanges()
  const opened = at.offer('12', { 'a.txt': 'one' })
  await at.tell(opened)
  await at.untilPreview('12', 'built')
  await syncRepository(at.parts, at.repositoryId, 'test')
  assert.equal((await at.preview('12')).state, 'built')
  const branches = await at.parts.store.list('environment', { refType: 'branch', refName: 'topic-12' })
  assert.deepEqual(
    branches.map(({ state }) => state),
    ['empty'],
  )
})

test('a change that is closed while its preview is made leaves nothing', async () => {
  await using at = await openChanges({ qaackfile: 'services: {web: {image: slow-image}}' })
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  await at.untilTrue(
    async () => at.engine.calls.includes('pull slow-image') && (await at.previews('12')).length === 1,
    'pulling',
  )
  await at.tell(at.edit('12', { state: 'closed' }))
  assert.deepEqual(await at.previews('12'), [])
  at.engine.finishPulls()
  await at.untilTrue(
    async () => (await at.parts.store.list('build', { status: 'running' })).length === 0,
    'at rest',
  )
  await at.worker.stop()
  await at.parts.background.drained()
  assert.deepEqual(
    (await at.engine.list({})).filter(({ kind }) => kind !== 'image'),
    [],
  )
})

test('a change that is opened again gets a preview again', async () => {
  await using at = await openChanges()
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  await at.untilPreview('12', 'built')
  await at.tell(at.edit('12', { state: 'closed' }))
  await at.tell(at.edit('12', { state: 'open' }))
  const again = await at.untilPreview('12', 'built')
  assert.equal(again.name, 'pr-12--shop')
})

test('a preview that somebody deleted comes back with the next commit, not before', async () => {
  await using at = await openChanges()
  const opened = at.offer('12', { 'a.txt': 'one' })
  await at.tell(opened)
  const { id } = await at.untilPreview('12', 'built')
  await deleteEnvironment(at.parts, id, 'test')
  await at.tell(at.edit('12', { title: 'A better one' }))
  assert.match(await followChange(at.parts, (await at.change('12')).id), /deleted, and stays so/)
  assert.equal((await at.preview('12')).state, 'empty')
  await at.tell(at.edit('12', { target: 'main', labels: ['x'] }))
  assert.equal((await at.preview('12')).state, 'empty')
  await at.tell(at.offer('12', { 'a.txt': 'two' }))
  assert.equal((await at.untilPreview('12', 'built')).id, id)
})

test('a process that died before it wrote down what it decided is made good by the next look', async () => {
  await using at = await openChanges()
  const opened = at.offer('12', { 'a.txt': 'one' })
  await at.tell(opened)
  await at.untilPreview('12', 'built')
  const change = await at.change('12')
  await at.parts.store.commit([{ save: 'change', record: { ...change, verdict: null } }])
  await followChange(at.parts, change.id)
  assert.equal((await at.change('12')).verdict?.kind, 'build')
  assert.equal((await at.preview('12')).builds, 1)
})

test('a change that is offered to another branch is built anew, merged into that', async () => {
  await using at = await openChanges()
  at.origin.commit('release', { 'only-in-release.txt': 'here' })
  at.origin.git('checkout', '-q', 'main')
  const opened = at.offer('12', { 'a.txt': 'one' })
  await at.tell(opened)
  await at.untilPreview('12', 'built')
  await at.tell(at.edit('12', { target: 'release' }))
  await at.untilTrue(async () => {
    const preview = await at.preview('12')
    return preview.state === 'built' && preview.builds === 2
  }, 'built twice')
  const { id } = await at.preview('12')
  const builds = await at.parts.store.list('build', { environmentId: id })
  assert.deepEqual(
    builds.map(({ source, hash }) => [source?.target?.name ?? 'main', hash]),
    [
      ['main', opened.hash],
      ['release', opened.hash],
    ],
  )
  assert.match(await at.tell(at.edit('12', { title: 'The same' })), /nothing new/)
})

test('what filters leave out is said, and what runs stays as it is', async () => {
  await using at = await openChanges({
    settings: { webhook: { drafts: false, labelsIgnore: ['no-preview'] } },
  })
  const first = at.offer('12', { 'a.txt': 'one' })
  await at.tell(first)
  await at.untilPreview('12', 'built')
  const second = at.offer('12', { 'a.txt': 'two' }, { draft: true })
  assert.match(await at.tell(second), /ignored: the change is a draft/)
  const stale = await at.preview('12')
  assert.deepEqual(stale.serving, { hash: first.hash, stale: true })
  assert.equal(stale.ref.hash, second.hash)

  assert.match(await at.tell(at.edit('12', { draft: false })), /build 2 of its preview is on its way/)
  await at.untilTrue(
    async () => (await at.preview('12')).serving?.hash === second.hash,
    'at the second commit',
  )

  assert.match(
    await at.tell(at.edit('12', { labels: ['no-preview'] })),
    /its preview was removed: label no-preview/,
  )
  assert.deepEqual(await at.previews('12'), [])
  await at.tell(at.edit('12', { labels: [] }))
  await at.untilPreview('12', 'built')
  const said = await at.messages('ignored')
  assert.equal(said.filter((message) => message.startsWith('change 12')).length, 1)
})

test('a path filter looks at all that the change changes', async () => {
  await using at = await openChanges({ settings: { webhook: { paths: ['web/*'] } } })
  assert.match(await at.tell(at.offer('12', { 'docs/a.md': 'one' })), /ignored: path filter/)
  await at.tell(at.offer('12', { 'web/index.html': 'one' }))
  await at.untilPreview('12', 'built')
  assert.match(await at.tell(at.offer('12', { 'docs/b.md': 'two' })), /build 2/)
})

test('a repository without a Qaackfile is left in peace, until a change or its target has one', async () => {
  await using at = await openChanges()
  at.origin.git('rm', '-rq', 'qaack')
  at.origin.git('commit', '-qm', 'no more previews')
  assert.match(await at.tell(at.offer('12', { 'a.txt': 'one' })), /ignored: there is no Qaackfile/)
  assert.equal((await at.change('12')).verdict?.kind, 'silent')
  assert.deepEqual(await at.previews('12'), [])
  assert.match(
    await at.tell(at.offer('13', { 'qaack/qaack.yml': 'services: {web: {image: web}}' })),
    /build 1/,
  )
  at.origin.commit('main', { 'qaack/qaack.yml': 'services: {web: {image: web}}' })
  assert.match(await at.tell(at.edit('12', { title: 'Merged with what main has now' })), /build 1/)
})

test('a locked service keeps the preview of a closed change, and that is said', async () => {
  await using at = await openChanges()
  await at.tell(at.offer('12', { 'a.txt': 'one' }))
  const { id } = await at.untilPreview('12', 'built')
  await lockService(at.parts, id, 'db')
  assert.match(await at.tell(at.edit('12', { state: 'closed' })), /its preview stays.*locked services \(db\)/)
  assert.equal((await at.preview('12')).state, 'built')
  assert.match(
    (await at.change('12')).verdict?.why ?? '',
    /the change was closed; but .*locked services \(db\)/,
  )
})

test('a conflict fails the build with the files, and the next push builds', async () => {
  await using at = await openChanges()
  at.offer('12', { 'README.md': 'mine' })
  at.origin.commit('main', { 'README.md': 'theirs' })
  await at.tell(at.edit('12', {}))
  const failed = await at.untilPreview('12', 'failed')
  assert.match(failed.reason, /^merge conflict with main in 1 file: README.md/)
})
