import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { tryGit } from '../../../../src/demo/github/bare.ts'
import { at, objectOf, textAt, type Json } from '../../../../src/demo/github/json.ts'
import { startGitlab, type LocalGitlab } from '../../../fakes/gitlab/start.ts'
import { faultsOf } from '../../../fakes/gitlab-openapi/check.ts'
import { asking, shop } from './asking.ts'

let gitlab: LocalGitlab
const { ask, bot, offer } = asking(() => gitlab)

before(async () => {
  gitlab = await startGitlab()
})
after(() => gitlab[Symbol.asyncDispose]())

async function refOf(ref: string, base = gitlab.url): Promise<string | undefined> {
  const { out } = await tryGit('/', ['ls-remote', `${base}/acme/shop.git`, ref])
  return out.toString('utf8').split('\t')[0] || undefined
}

describe('who may what', () => {
  test('strangers see what is public and nothing else', async () => {
    assert.equal((await ask(undefined, 'GET', shop)).status, 200)
    assert.equal((await ask(undefined, 'GET', '/user')).status, 401)
    assert.equal((await ask('glpat-wrong', 'GET', shop)).status, 401)
    assert.equal((await ask(undefined, 'GET', '/users')).status, 403)
    assert.equal((await ask(undefined, 'GET', `${shop}/hooks`)).status, 401)
    assert.deepEqual((await bot('GET', '/projects/999')).answer, { message: '404 Project Not Found' })
    assert.deepEqual((await bot('GET', '/nothing')).answer, { error: '404 Not Found' })
  })

  test('a member has a role, a stranger none', async () => {
    const { answer } = await bot('GET', '/users?username=GRACE')
    const id = String(at((answer as Json[])[0], 'id'))
    const member = await bot('GET', `${shop}/members/all/${id}`)
    assert.equal(at(member.answer, 'access_level'), 30)
    assert.equal((await bot('GET', `${shop}/members/all/999`)).status, 404)
  })

  test('a guest may neither push, nor set a status, nor see hooks', async () => {
    const mallory = gitlab.user('mallory')
    await assert.rejects(mallory.push('evil', 'no', { 'a.txt': 'a' }), /403|not allowed/)
    const status = await ask(mallory.token, 'POST', `${shop}/statuses/main`, { state: 'success' })
    assert.equal(status.status, 403)
    assert.equal((await ask(mallory.token, 'GET', `${shop}/hooks`)).status, 403)
    assert.equal((await ask(mallory.token, 'POST', `${shop}/environments`, { name: 'a' })).status, 403)
  })

  test('what is private is not there for strangers, also for git', async () => {
    const visible = (visibility: string) => gitlab.user('ada').api('PUT', shop, { visibility })
    await visible('private')
    assert.deepEqual((await ask(undefined, 'GET', shop)).answer, { message: '404 Project Not Found' })
    assert.equal((await ask(undefined, 'GET', `${shop}/merge_requests`)).status, 404)
    assert.equal(await refOf('refs/heads/main'), undefined)
    assert.equal((await bot('GET', shop)).status, 200)
    assert.ok(await refOf('refs/heads/main', gitlab.url.replace('//', `//oauth2:${gitlab.token}@`)))
    await visible('public')
    assert.ok(await refOf('refs/heads/main'))
  })

  test('only maintainers push to main', async () => {
    await assert.rejects(gitlab.user('grace').push('main', 'no', { 'a.txt': 'a' }), /protected branches/)
    await gitlab.user('ada').push('main', 'yes', { 'a.txt': 'a' })
  })

  test('the bot finds its project', async () => {
    const { answer } = await bot('GET', '/projects?membership=true&min_access_level=40&archived=false')
    assert.deepEqual(
      (answer as Json[]).map(({ id, path_with_namespace }) => [id, path_with_namespace]),
      [[42, 'acme/shop']],
    )
    const keyset = '/projects?pagination=keyset&order_by=id&sort=asc&per_page=1'
    const { headers } = await bot('GET', `${keyset}&membership=true`)
    assert.equal(headers.get('link'), null)
    await gitlab.user('grace').fork()
    const page = await bot('GET', keyset)
    assert.match(page.headers.get('link') ?? '', /id_after=42.*; rel="next"$/)
  })
})

describe('merge requests', () => {
  test('follow pushes, and are closed when their branch goes', async () => {
    const { iid, sha } = await offer('follow')
    assert.equal((await gitlab.user('ada').change(iid)).sha, sha)
    const next = await gitlab.user('grace').push('follow', 'more', { 'more.txt': 'more\n' })
    assert.equal((await gitlab.user('ada').change(iid)).sha, next)
    assert.equal(await refOf(`refs/merge-requests/${iid}/head`), next)
    await gitlab.user('ada').deleteBranch('follow')
    assert.equal((await gitlab.user('ada').change(iid)).state, 'closed')
    assert.equal(await refOf(`refs/merge-requests/${iid}/head`), next)
  })

  test('are offered once', async () => {
    const { iid } = await offer('once')
    const again = { title: 'Again', source_branch: 'once', target_branch: 'main' }
    const { status, answer } = await ask(gitlab.user('ada').token, 'POST', `${shop}/merge_requests`, again)
    assert.equal(status, 409)
    assert.match(JSON.stringify(answer), new RegExp(`already exists for this source branch: !${iid}`))
  })

  test('come from forks', async () => {
    const mallory = gitlab.user('mallory')
    const path = await mallory.fork()
    assert.equal(path, 'mallory/shop')
    const sha = await mallory.push('gift', 'a gift', { 'gift.txt': 'gift\n' }, path)
    const iid = await mallory.openChange({ title: 'A gift', from: 'gift', fork: true })
    const change = await mallory.change(iid)
    assert.equal(change.target_project_id, 42)
    assert.notEqual(change.source_project_id, 42)
    assert.equal(await refOf(`refs/merge-requests/${iid}/head`), sha)
    const next = await mallory.push('gift', 'more', { 'gift.txt': 'more\n' }, path)
    assert.equal(await refOf(`refs/merge-requests/${iid}/head`), next)
    // no branch of the project has the commit
    const bare = await bot('POST', `${shop}/statuses/${next}`, { state: 'pending', name: 'qaack' })
    assert.deepEqual(bare.answer, { message: '404 References for commit Not Found' })
    const named = await bot('POST', `${shop}/statuses/${next}`, {
      state: 'pending',
      name: 'qaack',
      ref: 'gift',
    })
    assert.equal(named.status, 201)
    await mallory.close(iid)
    assert.equal((await mallory.change(iid)).state, 'closed')
  })

  test('are merged for good', async () => {
    const { iid, sha } = await offer('merged')
    const ada = gitlab.user('ada')
    await ada.setDraft(iid, true)
    await assert.rejects(ada.merge(iid), /405/)
    await ada.setDraft(iid, false)
    await assert.rejects(gitlab.user('grace').merge(iid), /401/)
    await ada.merge(iid)
    const change = await ada.change(iid)
    assert.equal(change.state, 'merged')
    assert.equal(change.sha, sha)
    assert.equal(await refOf('refs/heads/main'), change.merge_commit_sha)
    await assert.rejects(ada.merge(iid), /405/)
  })

  test('come in pages', async () => {
    for (const number of [1, 2, 3]) await offer(`page-${number}`)
    const first = await bot('GET', `${shop}/merge_requests?state=opened&per_page=2`)
    const total = Number(first.headers.get('x-total'))
    assert.ok(total >= 3)
    assert.equal((first.answer as Json[]).length, 2)
    assert.equal(first.headers.get('x-page'), '1')
    assert.equal(first.headers.get('x-next-page'), '2')
    assert.equal(first.headers.get('x-total-pages'), String(Math.ceil(total / 2)))
    const next = /<([^>]+)>; rel="next"/.exec(first.headers.get('link') ?? '')?.[1] ?? ''
    const second = (await (
      await fetch(next, { headers: { 'private-token': gitlab.token } })
    ).json()) as Json[]
    assert.notEqual(second[0]?.iid, (first.answer as Json[])[0]?.iid)
    const last = await bot('GET', `${shop}/merge_requests?state=opened&per_page=100&page=1`)
    assert.equal(last.headers.get('x-next-page'), '')
    assert.equal((await bot('GET', `${shop}/merge_requests?state=sleeping`)).status, 400)
  })
})

describe('notes', () => {
  test('are written, edited and deleted by who may, and get each emoji once from each', async () => {
    const { iid } = await offer('notes')
    const { answer } = await bot('POST', `${shop}/merge_requests/${iid}/notes`, { body: 'from the bot' })
    const note = Number(at(answer, 'id'))
    const path = `${shop}/merge_requests/${iid}/notes/${note}`
    assert.equal((await bot('PUT', path, { body: 'better' })).status, 200)
    assert.equal((await bot('POST', `${shop}/merge_requests/${iid}/notes`, {})).status, 400)
    await assert.rejects(gitlab.user('grace').editComment(note, 'mine'), /403/)
    assert.equal((await bot('POST', `${path}/award_emoji`, { name: 'eyes' })).status, 201)
    const twice = await bot('POST', `${path}/award_emoji`, { name: 'eyes' })
    assert.deepEqual(
      [twice.status, twice.answer],
      [404, { message: '404 Award Emoji Name has already been taken Not Found' }],
    )
    assert.equal(((await bot('GET', `${path}/award_emoji`)).answer as Json[]).length, 1)
    await gitlab.user('ada').deleteComment(note)
    assert.equal((await bot('GET', path)).status, 404)
  })
})

describe('statuses', () => {
  test('go forward, make a pipeline, and are replaced once they ended', async () => {
    const { iid, sha } = await offer('status')
    const set = (state: string, more: Json = {}) =>
      bot('POST', `${shop}/statuses/${sha}`, { state, name: 'qaack', ...more })
    const list = async (query = '') =>
      (await bot('GET', `${shop}/repository/commits/${sha}/statuses?name=qaack${query}`)).answer as Json[]
    assert.equal((await set('pending', { ref: 'status' })).status, 201)
    const again = await set('pending')
    assert.equal(again.status, 400)
    assert.match(textAt(again.answer, 'message'), /^Cannot transition status via :enqueue from :pending/)
    assert.equal((await set('running')).status, 201)
    assert.match(textAt((await set('running')).answer, 'message'), /via :run from :running/)
    assert.equal((await set('success', { description: 'done' })).status, 201)
    assert.equal((await list()).length, 1)
    assert.equal((await set('failed')).status, 201)
    assert.deepEqual(
      (await list()).map(({ status }) => status),
      ['failed'],
    )
    assert.deepEqual(
      (await list('&all=true')).map(({ status }) => status),
      ['success', 'failed'],
    )
    const { head_pipeline } = await gitlab.user('ada').change(iid)
    assert.equal(objectOf(head_pipeline).status, 'failed')
    assert.equal(objectOf(head_pipeline).source, 'external')
    assert.equal((await set('error')).status, 400)
    assert.equal((await set('success', { description: 'x'.repeat(256) })).status, 400)
    assert.equal((await set('success', { pipeline_id: 1 })).status, 404)
  })
})

describe('environments and deployments', () => {
  test('live and end', async () => {
    const { sha } = await offer('deploy')
    const given = { environment: 'qaack/mr-9', sha, ref: 'deploy', tag: false }
    const made = await bot('POST', `${shop}/deployments`, { ...given, status: 'running' })
    assert.equal(made.status, 201)
    const id = Number(at(made.answer, 'id'))
    const put = (status: string) => bot('PUT', `${shop}/deployments/${id}`, { status })
    assert.equal((await put('success')).status, 200)
    assert.equal((await put('success')).status, 400)
    assert.equal((await bot('POST', `${shop}/deployments`, { ...given, status: 'created' })).status, 400)
    const noRef = { ...given, ref: 'nowhere', status: 'running' }
    assert.equal((await bot('POST', `${shop}/deployments`, noRef)).status, 400)

    const [found] = (await bot('GET', `${shop}/environments?name=qaack%2Fmr-9`)).answer as Json[]
    const environment = `${shop}/environments/${String(found?.id)}`
    assert.equal((await bot('PUT', environment, { external_url: 'http://a.localhost' })).status, 200)
    assert.equal((await bot('DELETE', environment)).status, 403)
    const stopped = await bot('POST', `${environment}/stop`)
    assert.deepEqual([stopped.status, at(stopped.answer, 'state')], [200, 'stopped'])
    // the same that succeeded last is not made again
    const same = await bot('POST', `${shop}/deployments`, { ...given, status: 'success' })
    assert.deepEqual([same.status, at(same.answer, 'id')], [201, id])
    assert.equal(at((await bot('GET', environment)).answer, 'state'), 'stopped')
    const anew = await bot('POST', `${shop}/deployments`, { ...given, status: 'running' })
    assert.equal(at((await bot('GET', environment)).answer, 'state'), 'stopped')
    await bot('PUT', `${shop}/deployments/${String(at(anew.answer, 'id'))}`, { status: 'success' })
    assert.equal(at((await bot('GET', environment)).answer, 'state'), 'available')
    assert.equal((await bot('POST', `${shop}/environments`, { name: 'qaack/mr-9' })).status, 400)
    const all = await bot('GET', `${shop}/deployments?environment=qaack%2Fmr-9&order_by=id&sort=desc`)
    assert.equal((all.answer as Json[]).length, 2)
  })
})

describe('faults', () => {
  test('meet only the bot, the same for the same seed', async () => {
    const round = async () => {
      gitlab.faults = { seed: 7, share: 0.5 }
      const begin = gitlab.requests.length
      for (let count = 0; count < 5; count++) await bot('GET', '/user').catch(() => undefined)
      gitlab.faults = undefined
      return gitlab.requests.slice(begin).map(({ fault }) => fault ?? 'none')
    }
    const first = await round()
    assert.deepEqual(await round(), first)
    assert.ok(new Set(first).size > 1)
    gitlab.faults = { seed: 1, share: 1 }
    assert.equal((await ask(gitlab.user('ada').token, 'GET', '/user')).status, 200)
    gitlab.faults = undefined
  })
})

test('all that was answered is as the description of the API says', () => {
  const answered = gitlab.requests.filter(({ status, fault }) => status > 0 && status < 300 && !fault)
  const faults = answered.flatMap((request) => faultsOf(request))
  assert.deepEqual([...new Set(faults)], [])
})
