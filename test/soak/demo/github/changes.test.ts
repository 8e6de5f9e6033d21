import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStage, type Json } from './stage.ts'

/** main with one commit, branch `work` with one more, and a change of it. */
async function withChange() {
  const stage = await openStage()
  const ada = stage.github.user('ada')
  const base = await ada.push('main', 'feat: a shop', { a: '1\n', b: '1\n' })
  const head = await ada.push('work', 'feat: more', { a: '2\n' })
  const number = await ada.openChange({ title: 'More', head: 'work' })
  return { stage, ada, base, head, number, [Symbol.asyncDispose]: () => stage[Symbol.asyncDispose]() }
}

test('a change is told with its real ends, and follows what is pushed', async () => {
  await using made = await withChange()
  const { stage, ada, base, head, number } = made
  const [opened] = await stage.of('pull_request.opened')
  assert.deepEqual(endsOf(opened), [head, base])
  assert.equal(opened?.number, number)

  const next = await ada.push('work', 'feat: still more', { c: '1\n' })
  const [synchronized] = await stage.of('pull_request.synchronize')
  assert.deepEqual([synchronized?.before, synchronized?.after], [head, next])
  assert.deepEqual(endsOf(synchronized), [next, base])
  const record = await ada.change(number)
  assert.deepEqual(endsOf({ pull_request: record }), [next, base])
  assert.deepEqual(
    [record.commits, record.changed_files, record.additions, record.mergeable],
    [2, 2, 2, true],
  )
  const list = (await ada.api('GET', '/repos/acme/shop/pulls')) as Json[]
  assert.deepEqual(endsOf({ pull_request: list[0] }), [next, base])
  const files = (await ada.api('GET', `/repos/acme/shop/pulls/${number}/files`)) as Json[]
  assert.deepEqual(
    files.map(({ filename }) => filename),
    ['a', 'c'],
  )
})

test('the head of a change can be fetched with the token of the installation', async () => {
  await using made = await withChange()
  const { stage, ada, number } = made
  const next = await ada.push('work', 'feat: still more', { c: '1\n' })
  const { token } = (await stage.installation.auth({ type: 'installation' })) as { token: string }
  const work = await ada.work()
  const address = `${stage.github.url.replace('http://', `http://x-access-token:${token}@`)}/acme/shop.git`
  await work.git('fetch', '--quiet', address, `refs/pull/${number}/head`)
  assert.equal(await work.git('rev-parse', 'FETCH_HEAD'), next)
})

test("a fork's change is told with the fork, and its commits are in the base repository", async () => {
  await using stage = await openStage()
  const { github } = stage
  const base = await github.user('ada').push('main', 'feat: a shop', { a: '1\n' })
  const mallory = github.user('mallory')
  await mallory.fork()
  const first = await mallory.push('main', 'feat: mine', { evil: '1\n' }, 'mallory/shop')
  await stage.kinds()
  const number = await mallory.openChange({ title: 'Take this', head: 'mallory:main' })
  const next = await mallory.push('main', 'feat: more of mine', { evil: '2\n' }, 'mallory/shop')
  assert.deepEqual(
    await stage.kinds(),
    ['pull_request.opened', 'pull_request.synchronize'],
    'no push of the fork',
  )

  const [opened, synchronized] = await stage.of('pull_request')
  assert.deepEqual(endsOf(opened), [first, base])
  assert.deepEqual(endsOf(synchronized), [next, base])
  const head = (opened?.pull_request as { head: { label: string; repo: Json } }).head
  assert.deepEqual([head.label, head.repo.full_name, head.repo.fork], ['mallory:main', 'mallory/shop', true])
  const refs = await (await github.user('ada').work()).git('ls-remote', 'origin', 'refs/pull/*')
  assert.equal(refs, `${next}\trefs/pull/${number}/head`)
  const commit = (await github.user('ada').api('GET', `/repos/acme/shop/commits/${next}`)) as Json
  assert.equal(commit.sha, next)
})

test('merging merges really', async () => {
  await using made = await withChange()
  const { stage, ada, base, head, number } = made
  await ada.push('main', 'feat: meanwhile', { d: '1\n' })
  await stage.kinds()
  const merged = await ada.merge(number)
  assert.deepEqual(await stage.kinds(), ['pull_request.closed', 'push', 'check_suite.requested'])
  const work = await ada.work()
  await work.git('fetch', '--quiet', 'origin')
  assert.equal(await work.git('rev-parse', 'origin/main'), merged)
  assert.equal(await work.git('show', 'origin/main:a'), '2')
  assert.equal(await work.git('show', 'origin/main:d'), '1')
  assert.equal(await work.git('rev-parse', `${merged}^2`), head)
  const [closed] = await stage.of('pull_request.closed')
  const record = closed?.pull_request as Json
  assert.deepEqual([record.merged, record.state, record.merge_commit_sha], [true, 'closed', merged])
  const branch = (await ada.api('GET', '/repos/acme/shop/branches/main')) as { commit: Json }
  assert.equal(branch.commit.sha, merged)
  assert.notEqual(merged, base)
})

test('a change that its base branch has taken in by a push is merged', async () => {
  await using made = await withChange()
  const { stage, ada, head, number } = made
  await (await ada.work()).git('push', '--quiet', 'origin', `${head}:refs/heads/main`)
  const [closed] = await stage.of('pull_request.closed')
  assert.equal((closed?.pull_request as Json).merged, true)
  assert.equal((await ada.change(number)).merged, true)
})

test('a change that conflicts says so and is not merged', async () => {
  await using made = await withChange()
  const { ada, number } = made
  await ada.push('main', 'feat: the other way', { a: '3\n' })
  const record = await ada.change(number)
  assert.deepEqual([record.mergeable, record.mergeable_state], [false, 'dirty'])
  await assert.rejects(ada.merge(number), /405/)
})

test('what is done with a change is told, each thing by itself', async () => {
  await using made = await withChange()
  const { stage, ada, number } = made
  await stage.kinds()
  const told = async (deed: Promise<unknown>) => {
    await deed
    return stage.kinds()
  }
  assert.deepEqual(await told(ada.label(number, 'preview')), ['pull_request.labeled'])
  assert.deepEqual(await told(ada.unlabel(number, 'preview')), ['pull_request.unlabeled'])
  assert.deepEqual(await told(ada.setDraft(number, true)), ['pull_request.converted_to_draft'])
  assert.deepEqual(await told(ada.setDraft(number, false)), ['pull_request.ready_for_review'])
  assert.deepEqual(await told(ada.editTitle(number, 'Much more')), ['pull_request.edited'])
  assert.deepEqual(await told(ada.close(number)), ['pull_request.closed'])
  assert.deepEqual(await told(ada.reopen(number)), ['pull_request.reopened'])
  assert.deepEqual(await told(ada.deleteBranch('work')), ['push', 'delete', 'pull_request.closed'])
  await assert.rejects(ada.reopen(number), /422/)

  const [labeled] = await stage.of('pull_request.labeled')
  assert.equal((labeled?.label as Json).name, 'preview')
  const [unlabeled] = await stage.of('pull_request.unlabeled')
  assert.deepEqual((unlabeled?.pull_request as Json).labels, [])
  const [edited] = await stage.of('pull_request.edited')
  assert.deepEqual(edited?.changes, { title: { from: 'More' } })
})

test('a change on top of a merged one goes on to where that went, on top of another it is closed', async () => {
  await using made = await withChange()
  const { stage, ada, number } = made
  await ada.push('top', 'feat: on top', { t: '1\n' })
  const work = await ada.work()
  await work.git('rebase', '--quiet', 'origin/work')
  await work.git('push', '--quiet', '--force', 'origin', 'HEAD:refs/heads/top')
  const top = await ada.openChange({ title: 'On top', head: 'top', base: 'work' })
  await ada.api('PATCH', '/repos/acme/shop', { delete_branch_on_merge: true })
  const merged = await ada.merge(number)
  const [edited] = await stage.of('pull_request.edited')
  assert.deepEqual([edited?.number, endsOf(edited)[1]], [top, merged])
  assert.equal((edited?.changes as { base: { ref: Json } }).base.ref.from, 'work')
  const record = (await ada.change(top)) as { state: string; base: Json }
  assert.deepEqual([record.state, record.base.ref], ['open', 'main'])

  await ada.push('other', 'feat: other', { o: '1\n' })
  const second = await ada.openChange({ title: 'Same', head: 'top', base: 'other' })
  await ada.deleteBranch('other')
  assert.equal((await ada.change(second)).state, 'closed')
})

test('another base is told with the old one', async () => {
  await using made = await withChange()
  const { stage, ada, base, number } = made
  const other = await ada.push('stable', 'feat: slow', { s: '1\n' })
  await ada.editBase(number, 'stable')
  const [edited] = await stage.of('pull_request.edited')
  assert.deepEqual(edited?.changes, { base: { ref: { from: 'main' }, sha: { from: base } } })
  assert.equal(endsOf(edited)[1], other)
})

test('comments are told with the change as an issue', async () => {
  await using made = await withChange()
  const { stage, ada, number } = made
  const id = await ada.comment(number, '/qaack help')
  await ada.editComment(id, '/qaack build')
  await assert.rejects(stage.github.user('mallory').editComment(id, '/qaack delete'), /403/)
  const [created, edited] = await stage.of('issue_comment')
  assert.equal((created?.comment as Json).body, '/qaack help')
  const issue = created?.issue as Json
  assert.equal(issue.number, number)
  assert.equal((issue.pull_request as Json).url, `${stage.github.url}/api/v3/repos/acme/shop/pulls/${number}`)
  assert.deepEqual(edited?.changes, { body: { from: '/qaack help' } })
  await ada.deleteComment(id)
  assert.equal((await stage.of('issue_comment.deleted')).length, 1)
  assert.deepEqual(await ada.comments(number), [])
})

test('what GitHub refuses is refused, where emulate would invent a branch', async () => {
  await using made = await withChange()
  const { ada } = made
  await assert.rejects(ada.openChange({ title: 'x', head: 'nowhere' }), /422.*"head"/)
  await assert.rejects(ada.openChange({ title: 'x', head: 'work', base: 'nowhere' }), /422.*"base"/)
  await assert.rejects(ada.openChange({ title: 'x', head: 'work' }), /already exists/)
  await assert.rejects(ada.openChange({ title: 'x', head: 'main', base: 'work' }), /No commits between/)
})

function endsOf(payload: Json | undefined): [head: unknown, base: unknown] {
  const { head, base } = payload?.pull_request as Record<'head' | 'base', Json>
  return [head.sha, base.sha]
}
