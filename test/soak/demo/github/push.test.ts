import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { test } from 'node:test'
import type { Work } from '../../../../src/demo/github/work.ts'
import { openStage, type Json } from './stage.ts'

const zeros = '0'.repeat(40)

test('what is pushed with git is there for the API, by the same ids', async () => {
  await using stage = await openStage()
  const ada = stage.github.user('ada')
  const first = await ada.push('main', 'feat: a shop', { 'a/b.txt': 'one\n', Qaackfile: 'services: {}\n' })
  const second = await ada.push('main', 'feat: more', { 'a/b.txt': 'two\n' })

  const branch = (await ada.api('GET', '/repos/acme/shop/branches/main')) as { commit: Json }
  assert.equal(branch.commit.sha, second)
  const commits = (await ada.api('GET', '/repos/acme/shop/commits')) as { sha: string; parents: Json[] }[]
  assert.deepEqual(
    commits.map(({ sha, parents }) => [sha, parents.map((one) => one.sha)]),
    [
      [second, [first]],
      [first, []],
    ],
  )
  const file = (await ada.api('GET', '/repos/acme/shop/contents/a/b.txt?ref=main')) as Json
  assert.equal(Buffer.from(String(file.content), 'base64').toString('utf8'), 'two\n')
})

test('a commit that has another id in emulate is known by the real one alone', async () => {
  await using stage = await openStage()
  const ada = stage.github.user('ada')
  const parent = await ada.push('main', 'feat: a shop', { a: '1' })
  const work = await ada.work()
  // emulate puts a new line where git may leave it out
  const bare = await oddCommit(work, parent)
  await work.git('push', '--quiet', 'origin', `${bare}:refs/heads/odd`)

  const found = (await ada.api('GET', `/repos/acme/shop/commits/${bare}`)) as { sha: string; parents: Json[] }
  assert.equal(found.sha, bare)
  assert.equal(found.parents[0]?.sha, parent)
  const branch = (await ada.api('GET', '/repos/acme/shop/branches/odd')) as {
    commit: { sha: string; url: string }
  }
  assert.equal(branch.commit.sha, bare)
  assert.ok(branch.commit.url.endsWith(`/commits/${bare}`))
  const [pushed] = (await stage.of('push')).filter(({ ref }) => ref !== 'refs/heads/main')
  assert.equal(pushed?.after, bare)
})

test('a push is told as GitHub tells it, signed', async () => {
  await using stage = await openStage()
  const { github } = stage
  const ada = github.user('ada')
  const first = await ada.push('main', 'feat: a shop', { a: '1', b: '1' })
  const second = await ada.push('main', 'feat: more', { a: '2', b: null, c: '1' })
  assert.deepEqual(await stage.kinds(), [
    'create',
    'push',
    'check_suite.requested',
    'push',
    'check_suite.requested',
  ])
  const [, push] = await stage.of('push')
  assert.ok(push)
  assert.deepEqual([push.ref, push.before, push.after], ['refs/heads/main', first, second])
  assert.deepEqual([push.created, push.deleted, push.forced], [false, false, false])
  const [commit] = push.commits as Json[]
  assert.deepEqual([commit?.id, commit?.message], [second, 'feat: more'])
  assert.deepEqual([commit?.added, commit?.removed, commit?.modified], [['c'], ['b'], ['a']])
  assert.deepEqual((push.installation as Json).id, github.app.installationId)
  assert.deepEqual((push.sender as Json).login, 'ada')
  assert.equal((push.repository as Json).clone_url, `${github.url}/acme/shop.git`)

  for (const { headers, text, guid } of stage.heard) {
    const signature = createHmac('sha256', github.app.webhookSecret).update(text).digest('hex')
    assert.equal(headers['x-hub-signature-256'], `sha256=${signature}`)
    assert.match(guid, /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/)
  }
})

test('branches and tags: made, forced, deleted', async () => {
  await using stage = await openStage()
  const ada = stage.github.user('ada')
  const first = await ada.push('main', 'feat: a shop', { a: '1' })
  const second = await ada.push('work', 'feat: more', { a: '2' })
  const work = await ada.work()
  await work.git('tag', '--annotate', 'v1', '--message', 'version one')
  const tag = await work.git('rev-parse', 'v1')
  await work.git('push', '--quiet', 'origin', 'v1')
  await work.git('push', '--quiet', '--force', 'origin', `${first}:refs/heads/work`)
  await ada.deleteBranch('work')
  const pushes = (await stage.of('push')).slice(1)
  assert.deepEqual(
    pushes.map(({ ref, before, after, created, forced, deleted }) => [
      ref,
      before,
      after,
      created,
      forced,
      deleted,
    ]),
    [
      ['refs/heads/work', zeros, second, true, false, false],
      ['refs/tags/v1', zeros, tag, true, false, false],
      ['refs/heads/work', second, first, false, true, false],
      ['refs/heads/work', first, zeros, false, false, true],
    ],
  )
  assert.equal((pushes[1]?.head_commit as Json).id, second)
  const [deleted] = await stage.of('delete')
  assert.deepEqual([deleted?.ref, deleted?.ref_type], ['work', 'branch'])
  const tags = (await ada.api('GET', '/repos/acme/shop/git/ref/tags/v1')) as { object: Json }
  assert.equal(tags.object.sha, second, 'emulate has the commit, not the tag object')
})

async function oddCommit(work: Work, parent: string) {
  const tree = await work.git('rev-parse', 'HEAD^{tree}')
  const by = 'Ada Harbour <ada@example.org> 1746086400 -0330'
  const file = `${work.dir}/.git/odd`
  writeFileSync(file, `tree ${tree}\nparent ${parent}\nauthor ${by}\ncommitter ${by}\n\nwithout a new line`)
  return work.git('hash-object', '-t', 'commit', '-w', file)
}
