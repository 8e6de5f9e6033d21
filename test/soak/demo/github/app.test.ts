import assert from 'node:assert/strict'
import { test } from 'node:test'
import { faultsOf } from '../../../fakes/github-openapi.ts'
import { openStage, refusal, type Json, type Stage } from './stage.ts'

test('the app sees what it is installed for, and is told what comes and goes', async () => {
  await using stage = await openStage()
  const { github, app, installation } = stage
  const ada = github.user('ada')
  await ada.createRepository({ owner: 'acme', name: 'blog' })
  await ada.createRepository({ name: 'own' })
  assert.deepEqual(
    await stage.kinds(),
    ['repository.created', 'installation_repositories.added'],
    'not of her own',
  )
  assert.deepEqual(await reached(stage), ['acme/shop', 'acme/blog'])
  const { data: installations } = await app.request('GET /app/installations')
  assert.deepEqual(
    installations.map(({ id, account }) => [id, (account as { login: string }).login]),
    [[github.app.installationId, 'acme']],
  )

  await github.chooseRepositories(['acme/blog'])
  assert.deepEqual(await reached(stage), ['acme/blog'])
  const [removed] = await stage.of('installation_repositories.removed')
  assert.deepEqual(
    (removed?.repositories_removed as Json[]).map((one) => one.full_name),
    ['acme/shop'],
  )
  await ada.push('main', 'feat: a shop', { a: '1' })
  assert.deepEqual(await stage.of('push'), [], 'it is not reached')

  await github.uninstall()
  const [deleted] = await stage.of('installation.deleted')
  assert.deepEqual(
    (deleted?.repositories as Json[]).map((one) => one.full_name),
    ['acme/blog'],
  )
  assert.equal((await refusal(installation.request('GET /installation/repositories')))[0], 401)
  assert.deepEqual((await app.request('GET /app/installations')).data, [])
  await github.install()
  assert.equal((await stage.of('installation.created')).length, 1)
})

test('a repository is renamed, given away, deleted', async () => {
  await using stage = await openStage()
  const { github } = stage
  const ada = github.user('ada')
  const first = await ada.push('main', 'feat: a shop', { a: '1' })
  await stage.kinds()
  await ada.renameRepository('store')
  const [renamed] = await stage.of('repository.renamed')
  assert.deepEqual(renamed?.changes, { repository: { name: { from: 'shop' } } })
  const work = await ada.work()
  assert.match(await work.git('ls-remote', 'origin'), new RegExp(first), 'git finds it by its old name')
  const old = (await ada.api('GET', '/repos/acme/shop')) as Json
  assert.equal(old.full_name, 'acme/store', 'so does the API')

  await ada.transferRepository('ada', 'acme/store')
  assert.equal(((await ada.api('GET', '/repos/ada/store')) as Json).full_name, 'ada/store')
  assert.deepEqual(await reached(stage), [])
  await ada.createRepository({ owner: 'acme', name: 'blog' })
  await ada.deleteRepository('acme/blog')
  const [deleted] = await stage.of('repository.deleted')
  assert.equal((deleted?.repository as Json).full_name, 'acme/blog')
  assert.deepEqual(await reached(stage), [])
})

test('private code is for those who may read it', async () => {
  await using stage = await openStage()
  const { github } = stage
  const ada = github.user('ada')
  await ada.createRepository({ owner: 'acme', name: 'secret', private: true })
  await ada.push('main', 'feat: a secret', { a: '1' }, 'acme/secret')
  const status = async (user: string, path: string) => {
    const authorization = `Basic ${Buffer.from(user).toString('base64')}`
    const got = await fetch(`${github.url}${path}`, user ? { headers: { authorization } } : {})
    await got.arrayBuffer()
    return got.status
  }
  const fetching = '/acme/secret.git/info/refs?service=git-upload-pack'
  const { token } = (await stage.installation.auth({ type: 'installation' })) as { token: string }
  assert.equal(await status('', fetching), 401)
  assert.equal(await status('x-access-token:wrong', fetching), 401)
  assert.equal(await status(`x-access-token:${token}`, fetching), 200)
  assert.equal(await status(`mallory:${github.user('mallory').token}`, fetching), 404)
  assert.equal(await status(`grace:${github.user('grace').token}`, fetching), 200)
  const pushing = fetching.replace('upload', 'receive')
  assert.equal(await status(`x-access-token:${token}`, pushing), 403, 'contents: read')
  const open = '/acme/shop.git/info/refs?service=git-upload-pack'
  assert.equal(await status('', open), 200)
  assert.equal(
    await status(`mallory:${github.user('mallory').token}`, open.replace('upload', 'receive')),
    403,
  )
  assert.equal(await status('', '/acme/..%2F..%2Fetc/info/refs?service=git-upload-pack'), 401)
})

test('refs of changes are not pushed to, the default branch is not deleted', async () => {
  await using stage = await openStage()
  const ada = stage.github.user('ada')
  await ada.push('main', 'feat: a shop', { a: '1' })
  const work = await ada.work()
  await assert.rejects(work.git('push', 'origin', 'HEAD:refs/pull/1/head'), /hidden ref/)
  await assert.rejects(work.git('push', 'origin', ':refs/heads/main'), /current branch/)
})

test('an app is registered by its manifest, once for each code', async () => {
  await using stage = await openStage({ installed: false })
  const { github } = stage
  const manifest = {
    ...{ name: 'Qaack', url: 'https://qaack.test', redirect_url: 'http://127.0.0.1:9/back' },
    hook_attributes: { url: stage.hookUrl },
  }
  const form = new URLSearchParams({ manifest: JSON.stringify(manifest) })
  const address = `${github.url}/organizations/acme/settings/apps/new?state=abc`
  const sent = await fetch(address, { method: 'POST', body: form, redirect: 'manual' })
  const back = new URL(sent.headers.get('location') ?? '')
  assert.deepEqual([sent.status, back.pathname, back.searchParams.get('state')], [302, '/back', 'abc'])
  const convert = `${github.url}/api/v3/app-manifests/${back.searchParams.get('code')}/conversions`
  const made = (await (await fetch(convert, { method: 'POST' })).json()) as Json
  assert.deepEqual(
    [made.id, made.slug, made.pem, made.webhook_secret],
    [github.app.appId, github.app.slug, github.app.privateKey, github.app.webhookSecret],
  )
  assert.equal((await fetch(convert, { method: 'POST' })).status, 404)
  const wrong = await fetch(address, { method: 'POST', body: new URLSearchParams({ manifest: '{}' }) })
  assert.equal(wrong.status, 422)

  await fetch(`${github.url}/apps/${github.app.slug}/installations/new`)
  const [created] = await stage.of('installation.created')
  assert.deepEqual(
    (created?.repositories as Json[]).map((one) => one.full_name),
    ['acme/shop'],
  )
})

test("requests are checked against GitHub's own description", async () => {
  await using stage = await openStage()
  const sha = await stage.github.user('ada').push('main', 'feat: a shop', { a: '1' })
  const shop = { owner: 'acme', repo: 'shop' }
  const path = 'POST /repos/{owner}/{repo}/statuses/{sha}'
  await stage.installation.request(path, { ...shop, sha, state: 'success', context: 'qaack' })
  assert.deepEqual(stage.github.requests.flatMap(faultsOf), [])

  const green = { ...shop, sha, state: 'green' as 'success', contxt: 'qaack' }
  await refusal(stage.installation.request(path, green))
  const asked = stage.github.requests.at(-1)
  assert.ok(asked)
  const place = 'POST /repos/{owner}/{repo}/statuses/{sha}'
  assert.deepEqual(faultsOf(asked), [
    `${place}: body/state must be equal to one of the allowed values: ["error","failure","pending","success"]`,
    `${place}: GitHub does not know the key contxt of the body`,
  ])
  const plain = { method: 'GET', path: '/repos/acme/shop/pulls', query: '', body: undefined }
  assert.deepEqual(faultsOf({ ...plain, query: 'state=open&per_page=100' }), [])
  assert.equal(faultsOf({ ...plain, query: 'status=open' }).length, 1)
  assert.equal(faultsOf({ ...plain, path: '/repos/acme/shop/changes' }).length, 1)
  assert.equal(faultsOf({ ...plain, path: '/repos/acme/shop/pulls/one' }).length, 1)
  assert.equal(faultsOf({ ...plain, method: 'DELETE' }).length, 1)
})

async function reached(stage: Stage): Promise<string[]> {
  const { data } = await stage.installation.request('GET /installation/repositories')
  return data.repositories.map((one) => one.full_name)
}
