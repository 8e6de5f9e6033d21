import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import test from 'node:test'
import { readSavedApp } from '../../../src/config/github-app-file.ts'
import type { DeliveryRecord } from '../../../src/stores/store.ts'
import { Browser, privateKey, startSetup, stateFrom } from './github-fixture.ts'
import { insertRepository } from './records.ts'
import { adminToken } from './service.ts'

test('the start page leads to the page of GitHub, which asks for a token first', async () => {
  await using setup = await startSetup()
  const browser = new Browser(setup.service)
  const front = await browser.get('/')
  assert.match(front.body, /<a href="\/github"><b>Connect GitHub<\/b>/)
  const asked = await browser.get('/github')
  assert.equal(asked.status, 401)
  for (const { body, headers } of [front, asked]) {
    const style = /<style>([^]*)<\/style>/.exec(body)?.[1] ?? ''
    const hash = createHash('sha256').update(style).digest('base64')
    assert.match(String(headers['content-security-policy']), /^default-src 'none'; style-src '/)
    assert.ok(String(headers['content-security-policy']).includes(`'sha256-${hash}'`))
  }
  assert.match(asked.body, /<input[^>]*name="token"[^>]*type="password"/)

  const wrong = await browser.post('/github/token', { token: 'wrong' })
  assert.equal(wrong.status, 401)
  assert.match(wrong.body, /role="alert">The token is not valid/)
  assert.equal(browser.cookie, undefined)

  const signedIn = await browser.post('/github/token', { token: ` ${adminToken} ` })
  assert.deepEqual([signedIn.status, signedIn.to], [303, '/github'])
  assert.equal(
    signedIn.headers['set-cookie'],
    `token=${adminToken}; Path=/; HttpOnly; SameSite=Lax`,
    'the cookie is for this host alone, since previews live below it',
  )
  assert.match((await browser.get('/github')).body, /<h1>Connect GitHub<\/h1>/)
})

test('the whole way: whose app, what it may, made at GitHub, saved, connected without a restart', async () => {
  await using setup = await startSetup()
  const { browser, github, door, service } = setup
  const second = await browser.post('/github/new', { github: github.site, organisation: 'acme' })
  assert.equal(second.status, 200)
  assert.match(
    String(second.headers['content-security-policy']),
    new RegExp(`form-action 'self' ${github.site};`),
  )
  assert.match(
    second.body,
    new RegExp(`action="${github.site}/organizations/acme/settings/apps/new\\?state=`),
  )
  const manifest = JSON.parse(
    (/name="manifest" value="([^"]*)"/.exec(second.body)?.[1] ?? '').replaceAll('&#34;', '"'),
  ) as Record<string, unknown>
  assert.equal(manifest.name, 'Qaack qaack.localhost')
  assert.equal(manifest.public, false)
  assert.deepEqual(manifest.hook_attributes, {
    url: `http://qaack.localhost:3000/api/github/webhooks`,
    active: true,
  })
  assert.equal(manifest.redirect_url, 'http://qaack.localhost:3000/github/connected')
  assert.equal((manifest.default_permissions as Record<string, string>).statuses, 'write')
  assert.ok((manifest.default_events as string[]).includes('pull_request'))

  const state = await stateFrom(browser, github)
  const back = await browser.get(`/github/connected?code=abc123&state=${state}`)
  assert.deepEqual([back.status, back.to], [303, '/github'], back.body)
  assert.deepEqual(github.calls, ['POST /api/v3/app-manifests/abc123/conversions'])
  const config = {
    appId: 4711,
    privateKey,
    webhookSecret: 'the-hook-secret',
    gheHost: new URL(github.site).host,
    gheProtocol: 'http',
  }
  assert.deepEqual(door.told, [config])
  assert.deepEqual(readSavedApp(service.parts.config.dataDir, service.parts.secretKey), config)
  assert.match((await browser.get('/')).body, /<b>GitHub<\/b><span>connected/)
  const [event] = await service.parts.store.events({})
  assert.equal(event?.message, 'GitHub connected: app Qaack <acme> & "co" of acme')
})

test('the page says what is connected, with every name escaped', async () => {
  await using setup = await startSetup()
  const { browser, github, service } = setup
  await browser.get(`/github/connected?code=abc123&state=${await stateFrom(browser, github)}`)
  const bare = await browser.get('/github')
  assert.match(bare.body, /<h1>GitHub is connected<\/h1>/)
  assert.match(bare.body, /Qaack &#60;acme&#62; &#38; &#34;co&#34;/)
  assert.match(bare.body, new RegExp(`href="${github.site}/github-apps/qaack-acme/installations/new"`))
  assert.match(bare.body, /None in the last days/)

  const origin = `${github.site}/acme/shop.git`
  const params = { origin, owner: 'acme', repo: '<b>shop', hostKey: '1', installation: 5 }
  await insertRepository(service.parts, { type: 'github', params, syncError: 'it is <gone>' })
  await insertRepository(service.parts, {
    name: 'by hand',
    type: 'github',
    params: { origin, owner: 'other' },
  })
  const at = service.parts.clock.now()
  const older: DeliveryRecord = {
    id: 'aaaaaaaaaa',
    version: 1,
    host: 'github',
    deliveryId: 'one',
    repositoryId: null,
    event: 'push',
    events: [],
    receivedAt: at - 7_200_000,
    status: 'failed',
    reason: 'no <i>',
  }
  const newer: DeliveryRecord = {
    ...older,
    id: 'bbbbbbbbbb',
    deliveryId: 'two',
    receivedAt: at - 120_000,
    status: 'done',
    reason: 'refs read',
  }
  await service.parts.store.commit([
    { insert: 'delivery', record: older },
    { insert: 'delivery', record: newer },
  ])
  const { body } = await browser.get('/github')
  assert.match(body, /<dt>acme<\/dt>\s*<dd>&#60;b&#62;shop<\/dd>/)
  assert.doesNotMatch(body, /other|<gone>|<i>/)
  assert.match(body, /Of shop: it is &#60;gone&#62;/)
  assert.match(body, /The delivery of push failed: no &#60;i&#62;/)
  assert.match(body, /<strong>push<\/strong>, <time [^>]*>2 minutes ago<\/time>:\s*done/)

  const told = (await service.call('GET', '/api/github')).body as Record<string, unknown>
  assert.deepEqual(
    [told.connected, told.source, told.owners],
    [true, 'saved', [{ owner: 'acme', repositories: ['<b>shop'] }]],
  )
  assert.deepEqual(told.lastDelivery, {
    event: 'push',
    receivedAt: new Date(at - 120_000).toISOString(),
    status: 'done',
    reason: 'refs read',
  })
  assert.doesNotMatch(JSON.stringify(told), /secret|BEGIN/)
})

test('disconnecting forgets the keys, by the page and by the API', async () => {
  await using setup = await startSetup()
  const { browser, github, service, door } = setup
  const { dataDir } = service.parts.config
  const connectAgain = async () =>
    browser.get(`/github/connected?code=abc123&state=${await stateFrom(browser, github)}`)
  await connectAgain()
  assert.equal((await browser.post('/github/disconnect')).status, 303)
  assert.equal(door.connection(), null)
  assert.equal(readSavedApp(dataDir, service.parts.secretKey), null)
  assert.match((await browser.get('/github')).body, /<h1>Connect GitHub<\/h1>/)

  assert.equal((await connectAgain()).status, 303)
  assert.equal((await service.call('DELETE', '/api/github')).status, 200)
  assert.equal(readSavedApp(dataDir, service.parts.secretKey), null)
  assert.equal((await service.call('DELETE', '/api/github')).status, 409)
  assert.equal((await browser.post('/github/disconnect')).status, 409)
})

test('what was filled in wrongly is said above the form, which keeps it', async () => {
  await using setup = await startSetup()
  const { browser } = setup
  for (const [fields, said] of [
    [{ organisation: 'acme/../x' }, /no name of an organisation/],
    [{ github: 'javascript:alert(1)' }, /no address of a GitHub server/],
    [{ github: 'https://user:pass@ghe.example.org' }, /no address of a GitHub server/],
    [{ github: 'https://ghe.example.org/acme' }, /no address of a GitHub server/],
    [{ relay: '"><script>' }, /no address of a webhook relay/],
  ] as const) {
    const { status, body } = await browser.post('/github/new', fields)
    assert.equal(status, 422)
    assert.match(body, said)
    assert.doesNotMatch(body, /<script/)
    const [value = ''] = Object.values(fields)
    assert.ok(
      body.includes(
        `value="${value.replaceAll('"', '&#34;').replaceAll('<', '&#60;').replaceAll('>', '&#62;')}"`,
      ),
      body,
    )
  }
})

test('a base address that github.com cannot call is said so, and a relay helps', async () => {
  await using setup = await startSetup()
  const { browser } = setup
  assert.match(
    (await browser.get('/github')).body,
    /GitHub cannot call this server: http:\/\/qaack\.localhost:3000 means/,
  )
  const refused = await browser.post('/github/new', {})
  assert.equal(refused.status, 422)
  assert.match(refused.body, /Set base_url \(QAACK_BASE_URL\)/)
  const relayed = await browser.post('/github/new', { relay: 'https://relay.example.org/a1' })
  assert.equal(relayed.status, 200)
  assert.match(relayed.body, /action="https:\/\/github\.com\/settings\/apps\/new\?state=/)
  assert.match(relayed.body, /<code>https:\/\/relay\.example\.org\/a1<\/code>/)
})

test('a base address with http is warned of, and one with https makes the cookie secure', async () => {
  await using plain = await startSetup({ settings: { baseUrl: 'http://previews.invalid' } })
  const page = await new Browser(plain.service, adminToken, 'previews.invalid').get('/github')
  assert.match(page.body, /over http, so that others can read along/)
  await using good = await startSetup({ settings: { baseUrl: 'https://previews.invalid' } })
  const browser = new Browser(good.service, undefined, 'previews.invalid')
  const { headers } = await browser.post('/github/token', { token: adminToken }, 'https://previews.invalid')
  assert.match(String(headers['set-cookie']), /; Secure$/)
  assert.doesNotMatch((await browser.get('/github')).body, /class="note"/)
})
