import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import test from 'node:test'
import { appFile, readSavedApp, saveApp } from '../../../src/config/github-app-file.ts'
import { QaackError } from '../../../src/errors.ts'
import { ManualClock, settle } from '../../fakes/clock.ts'
import { appAnswer, Browser, privateKey, startSetup, stateFrom } from './github-fixture.ts'
import { adminToken } from './service.ts'

type Setup = Awaited<ReturnType<typeof startSetup>>

function nothingHappened({ door, service, github }: Setup): void {
  assert.deepEqual(door.told, [])
  assert.deepEqual(github.calls, [])
  assert.ok(!existsSync(appFile(service.parts.config.dataDir)))
}

async function tokenOf({ service }: Setup, wish: object): Promise<string> {
  return ((await service.call('POST', '/api/user/tokens', wish)).body as { token: string }).token
}

test('without a valid token nothing is shown and nothing happens', async () => {
  await using setup = await startSetup()
  const state = await stateFrom(setup.browser, setup.github)
  for (const browser of [new Browser(setup.service), new Browser(setup.service, 'wrong')]) {
    for (const answer of [
      await browser.get('/github'),
      await browser.get(`/github/connected?code=abc&state=${state}`),
      await browser.post('/github/new', { github: setup.github.site }),
      await browser.post('/github/retry'),
      await browser.post('/github/disconnect'),
    ]) {
      assert.equal(answer.status, 401)
      assert.match(answer.body, /name="token"/)
      assert.doesNotMatch(answer.body, /manifest/)
    }
  }
  nothingHappened(setup)
})

test('a session that ended on the way goes on after the same token, not after another one', async () => {
  await using setup = await startSetup()
  const state = await stateFrom(setup.browser, setup.github)
  const browser = new Browser(setup.service)
  const asked = await browser.get(`/github/connected?code=abc&state=${state}`)
  assert.match(asked.body, /name="code"\s+value="abc"/)
  const other = await tokenOf(setup, { name: 'other' })
  const signedIn = await new Browser(setup.service).post('/github/token', {
    token: other,
    code: 'abc',
    state,
  })
  assert.equal(signedIn.to, `/github/connected?code=abc&state=${state}`)
  assert.equal((await new Browser(setup.service, other).get(signedIn.to)).status, 422)
  nothingHappened(setup)
  const { to } = await browser.post('/github/token', { token: adminToken, code: 'abc', state })
  assert.equal((await browser.get(to)).status, 303)
  assert.equal(setup.door.told.length, 1)
})

test('signing in leads nowhere but to our own pages', async () => {
  await using setup = await startSetup()
  const browser = new Browser(setup.service)
  const fields = { token: adminToken, next: 'https://evil.example', code: '//evil.example', state: '/\\evil' }
  const { to } = await browser.post('/github/token', fields)
  assert.ok(to.startsWith('/github/connected?code=%2F%2Fevil'), to)
})

test('a state that is wrong, changed, too old or of another session is refused before GitHub is asked', async () => {
  const clock = new ManualClock()
  await using setup = await startSetup({ clock })
  const { browser, github } = setup
  const state = await stateFrom(browser, github)
  const [text = '', mac = ''] = state.split('.')
  const evil = Buffer.from(
    JSON.stringify({ nonce: 'n', endsAt: 9e15, gheHost: 'evil.example', gheProtocol: 'https' }),
  ).toString('base64url')
  for (const wrong of [
    '',
    '.',
    'x',
    text,
    `${text}.`,
    `${evil}.${mac}`,
    `${text}.${mac}.x`,
    `${text}.${mac}x`,
    'x'.repeat(5000),
  ]) {
    const answer = await browser.get(`/github/connected?code=abc&state=${encodeURIComponent(wrong)}`)
    assert.equal(answer.status, 422, wrong)
    assert.match(answer.body, /not to a question of yours; start again/)
  }
  assert.equal((await browser.get('/github/connected')).status, 422)
  const other = new Browser(setup.service, await tokenOf(setup, { name: 'other' }))
  assert.equal((await other.get(`/github/connected?code=abc&state=${state}`)).status, 422)
  await clock.advance(60 * 60_000)
  const late = await browser.get(`/github/connected?code=abc&state=${state}`)
  assert.match(late.body, /More than an hour has passed/)
  nothingHappened(setup)
})

test('an answer of GitHub is good once, also when it comes twice at once', async () => {
  await using setup = await startSetup()
  const { browser, github, door } = setup
  const url = `/github/connected?code=abc&state=${await stateFrom(browser, github)}`
  const statuses = (await Promise.all([browser.get(url), browser.get(url)])).map(({ status }) => status)
  assert.deepEqual(statuses.sort(), [303, 409])
  await browser.post('/github/disconnect')
  const replayed = await browser.get(url)
  assert.equal(replayed.status, 422)
  assert.match(replayed.body, /was used already/)
  assert.equal(github.calls.length, 1)
  assert.equal(door.told.length, 1)
})

test('a code of garbage is refused without asking GitHub', async () => {
  await using setup = await startSetup()
  for (const code of ['', '../../user', 'a b', 'ä', '%00', '<script>', 'x'.repeat(201)]) {
    const state = await stateFrom(setup.browser, setup.github)
    const { status, body } = await setup.browser.get(
      `/github/connected?code=${encodeURIComponent(code)}&state=${state}`,
    )
    assert.equal(status, 422, code)
    assert.match(body, /does not know the code/)
    assert.doesNotMatch(body, /<script/)
  }
  nothingHappened(setup)
})

test('another site cannot make the browser do anything, nor a preview below our address', async () => {
  await using setup = await startSetup()
  for (const origin of ['https://evil.example', 'http://abcdefghij.qaack.localhost:3000', 'null']) {
    for (const path of ['/github/new', '/github/token', '/github/retry', '/github/disconnect']) {
      const { status, headers } = await setup.browser.post(path, { token: adminToken }, origin)
      assert.equal(status, 403, `${origin} ${path}`)
      assert.equal(headers['set-cookie'], undefined)
    }
  }
  nothingHappened(setup)
})

test('a token that only reads sees the page and connects nothing', async () => {
  await using setup = await startSetup()
  const reader = await tokenOf(setup, { name: 'reader', readOnly: true })
  const browser = new Browser(setup.service, reader)
  assert.equal((await browser.get('/github')).status, 200)
  assert.equal((await browser.post('/github/new', { github: setup.github.site })).status, 403)
  assert.equal((await browser.get('/github/connected?code=abc&state=x')).status, 403)
  assert.equal((await browser.post('/github/token', { token: reader })).status, 403)
  assert.equal(
    (await setup.service.call('DELETE', '/api/github', undefined, { 'x-qaack-token': reader })).status,
    403,
  )
  nothingHappened(setup)
})

test('what GitHub does not answer well is said, and the same answer may be tried again where that helps', async () => {
  await using setup = await startSetup()
  const { browser, github, door } = setup
  const url = `/github/connected?code=abc&state=${await stateFrom(browser, github)}`
  const right = github.answering
  for (const [status, answered] of [
    [500, 502],
    [503, 502],
    [403, 502],
    [404, 422],
  ] as const) {
    github.answering = github.json(status, () => ({ message: '<b>no' }))
    const at = status === 404 ? `/github/connected?code=abc&state=${await stateFrom(browser, github)}` : url
    const answer = await browser.get(at)
    assert.equal(answer.status, answered)
    assert.match(
      answer.body,
      status === 404 ? /does not know the code/ : new RegExp(`answered ${status}; load this page again`),
    )
    assert.doesNotMatch(answer.body, /<b>no/)
  }
  github.answering = (request) => void request.socket.destroy()
  assert.match((await browser.get(url)).body, /cannot be reached; load this page again/)
  github.answering = right
  assert.equal((await browser.get(url)).status, 303)
  assert.equal(door.told.length, 1)
})

test('an app that lacks something is not taken', async () => {
  await using setup = await startSetup()
  const { browser, github } = setup
  for (const wrong of [
    { pem: 'no key' },
    { webhook_secret: null },
    { id: 'x' },
    { html_url: 'javascript:alert(1)' },
    { slug: '' },
  ]) {
    github.answering = github.json(201, () => ({ ...appAnswer(github.site), ...wrong }))
    const { status, body } = await browser.get(
      `/github/connected?code=abc&state=${await stateFrom(browser, github)}`,
    )
    assert.equal(status, 422)
    assert.match(body, new RegExp(`lacks ${Object.keys(wrong).join('')};`))
  }
  assert.deepEqual(setup.door.told, [])
})

test('a GitHub that never answers is waited for ten seconds', async () => {
  const clock = new ManualClock()
  await using setup = await startSetup({ clock })
  const { browser, github } = setup
  const url = `/github/connected?code=abc&state=${await stateFrom(browser, github)}`
  const asked = new Promise<void>((resolve) => (github.answering = () => resolve()))
  const answer = browser.get(url)
  await asked
  await clock.advance(10_000)
  const { status, body } = await answer
  assert.equal(status, 502)
  assert.match(body, /did not answer within 10 s; load this page again/)
})

test('a folder that cannot be written is told before the code is spent, and then it goes on', async () => {
  await using setup = await startSetup()
  const { browser, github, service } = setup
  const { dataDir } = service.parts.config
  const url = `/github/connected?code=abc&state=${await stateFrom(browser, github)}`
  rmSync(dataDir, { recursive: true })
  writeFileSync(dataDir, 'in the way')
  const refused = await browser.get(url)
  assert.equal(refused.status, 500)
  assert.match(refused.body, /cannot be written .*check the permissions of data_dir/)
  assert.deepEqual(github.calls, [])
  rmSync(dataDir)
  assert.equal((await browser.get(url)).status, 303)
})

test('an app that cannot be saved after all is used until the server ends, and that is said', async () => {
  await using setup = await startSetup()
  const { browser, github, service, door } = setup
  const right = github.answering
  github.answering = (request, response) => {
    mkdirSync(appFile(service.parts.config.dataDir))
    right(request, response)
  }
  const { status, body } = await browser.get(
    `/github/connected?code=abc&state=${await stateFrom(browser, github)}`,
  )
  assert.equal(status, 500)
  assert.match(body, /is connected, but only until this server ends: .*cannot be written/)
  assert.equal(door.told.length, 1)
  assert.equal(
    readdirSync(service.parts.config.dataDir).filter((name) => name.startsWith('github-app')).length,
    1,
  )
})

test('an app that GitHub refuses later stays saved, is said to be the problem, and can be tried again', async () => {
  await using setup = await startSetup()
  const { browser, github, door } = setup
  door.failing = new QaackError('invalid_config', 'GitHub refuses the key of the app <x>')
  const { status } = await browser.get(`/github/connected?code=abc&state=${await stateFrom(browser, github)}`)
  assert.equal(status, 500)
  const page = await browser.get('/github')
  assert.match(page.body, /<h1>GitHub is not connected<\/h1>/)
  assert.match(page.body, /GitHub refuses the key of the app &#60;x&#62;/)
  assert.equal((await browser.post('/github/retry')).status, 500)
  door.failing = null
  assert.equal((await browser.post('/github/retry')).status, 303)
  assert.match((await browser.get('/github')).body, /<h1>GitHub is connected<\/h1>/)
})

test('a saved app that is damaged is said so and can be forgotten', async () => {
  await using setup = await startSetup()
  const { browser, service } = setup
  const { dataDir } = service.parts.config
  writeFileSync(appFile(dataDir), 'no', { mode: 0o600 })
  chmodSync(appFile(dataDir), 0o600)
  assert.match((await browser.get('/github')).body, /is damaged; restore a copy/)
  assert.equal((await browser.post('/github/new', { github: setup.github.site })).status, 409)
  assert.equal((await browser.post('/github/disconnect')).status, 303)
  assert.equal((await browser.post('/github/new', { github: setup.github.site })).status, 200)
})

test('an app of the settings wins over a saved one, and is disconnected there', async () => {
  const settings = { githubAppId: '12', githubPrivateKey: privateKey, githubWebhookSecret: 'hook' }
  await using setup = await startSetup({ settings })
  const { browser, service, door } = setup
  const { dataDir } = service.parts.config
  const app = { appId: 7, slug: 's', name: 'Saved <one>', url: 'https://github.com/apps/s', owner: null }
  const more = { gheHost: null, gheProtocol: 'https', privateKey, webhookSecret: 'x' } as const
  await saveApp(dataDir, service.parts.secretKey, { ...app, ...more })
  if (service.parts.config.github) await door.connect(service.parts.config.github)
  const { body } = await browser.get('/github')
  assert.match(body, /as told.*of o.*APP_ID/s)
  assert.match(body, /Then the saved app Saved &#60;one&#62;, which is not in use now, is used/)
  const refused = await browser.post('/github/disconnect')
  assert.equal(refused.status, 409)
  assert.match(refused.body, /take it out of the settings/)
  assert.ok(readSavedApp(dataDir, service.parts.secretKey))
})

test('by another address than its own, the server sends people to its own first', async () => {
  await using setup = await startSetup()
  for (const token of [undefined, adminToken]) {
    const page = await new Browser(setup.service, token, '127.0.0.1:3000').get('/github')
    assert.equal(page.status, 200)
    assert.match(page.body, /<a href="http:\/\/qaack\.localhost:3000\/github">/)
    assert.doesNotMatch(page.body, /<form/)
  }
})

test('a form that is too large or no form is refused', async () => {
  await using setup = await startSetup()
  assert.equal((await setup.browser.post('/github/new', { organisation: 'x'.repeat(20_000) })).status, 413)
  assert.equal((await setup.service.call('POST', '/github/new', { organisation: 'acme' })).status, 415)
  await settle()
})
