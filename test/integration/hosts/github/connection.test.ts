import assert from 'node:assert/strict'
import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, afterEach, before, describe, test } from 'node:test'
import { systemClock } from '../../../../src/clock.ts'
import { connectGithub, webhookPath } from '../../../../src/hosts/github/connection.ts'
import { silentLogger, type Logger } from '../../../../src/logger.ts'
import { configOf, connect, disturbOnce, openDesk, type Desk } from './desk.ts'

let desk: Desk
before(async () => {
  desk = await openDesk()
})
after(() => desk.github.close())
afterEach(() => (desk.github.faults = undefined))

describe('becoming the app', () => {
  test('tells who we are', () => {
    const { id, slug, name, owner } = desk.connection.app
    assert.deepEqual([id, slug, name, owner], [desk.github.app.appId, 'qaack', 'Qaack', 'acme'])
  })

  test('with the key of another is refused', async () => {
    const { privateKey } = generateKeyPairSync('rsa', {
      modulusLength: 2048,
      privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
      publicKeyEncoding: { type: 'spki', format: 'pem' },
    })
    await assert.rejects(connect(desk.github, { config: { privateKey } }), {
      code: 'invalid_config',
      message: /GitHub does not know app 4711 by this key; check APP_ID, PRIVATE_KEY and GHE_HOST/,
    })
  })

  test('with no key, or no secret, is refused', async () => {
    await assert.rejects(connect(desk.github, { config: { privateKey: 'no key' } }), {
      code: 'invalid_config',
      message: /PRIVATE_KEY is not a private key in PEM form/,
    })
    await assert.rejects(connect(desk.github, { config: { webhookSecret: '' } }), {
      code: 'invalid_config',
      message: /WEBHOOK_SECRET is empty/,
    })
  })

  test('with a key in one line works: environment files have them so', async () => {
    const privateKey = desk.github.app.privateKey.replaceAll('\n', '\\n')
    const { connection } = await connect(desk.github, { config: { privateKey } })
    assert.equal(connection.app.slug, 'qaack')
  })

  test('while GitHub is down is told, and made up for later', async () => {
    const warnings: string[] = []
    const logger: Logger = {
      ...silentLogger,
      child: () => logger,
      warn: (_, message) => warnings.push(message),
    }
    disturbOnce(desk.github, 'server-error', ({ path }) => path === '/app')
    const parts = { logger, clock: systemClock, app: () => undefined }
    const connection = await connectGithub(configOf(desk.github), parts)
    assert.deepEqual(warnings, ['GitHub cannot be asked about the app now; it will be when it is needed'])
    assert.deepEqual([connection.app.id, connection.app.slug], [4711, ''])
    await connection.client()
    assert.equal(connection.app.slug, 'qaack')
  })
})

describe('the token for git', () => {
  const path = '/acme/secret.git/info/refs?service=git-upload-pack'

  test('opens what is private', async () => {
    await desk.ada.createRepository({ owner: 'acme', name: 'secret', private: true })
    const token = await desk.connection.token(desk.github.app.installationId)
    const authorization = `Basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`
    assert.equal((await fetch(desk.github.url + path)).status, 401)
    assert.equal((await fetch(desk.github.url + path, { headers: { authorization } })).status, 200)
  })

  test('is asked for once', async () => {
    const { installationId } = desk.github.app
    const tokens = await Promise.all([1, 2, 3].map(() => desk.connection.token(installationId)))
    assert.equal(new Set(tokens).size, 1)
  })
})

describe('the door for deliveries', () => {
  test('lets in what GitHub signed, and nothing else', async () => {
    const heard: string[] = []
    const connection = await connectGithub(configOf(desk.github), {
      logger: silentLogger,
      clock: systemClock,
      app: (probot) =>
        probot.onAny(
          ({ name, id, payload }) => void heard.push(`${name} ${id} ${Object.keys(payload).length}`),
        ),
    })
    const server = createServer((request, response) => void connection.middleware(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      desk.github.setWebhookUrl(url + webhookPath)
      await desk.ada.comment(Number(desk.change), 'hello')
      await desk.github.delivered()
      const delivery = desk.github.deliveries.at(-1)
      assert.ok(delivery)
      assert.equal(delivery.statusCode, 200)
      assert.match(heard.join(), new RegExp(`^issue_comment ${delivery.guid} \\d+$`))
      const headers = { ...delivery.headers, 'content-type': 'application/json' }
      const forged = await fetch(url + webhookPath, { method: 'POST', headers, body: `${delivery.body} ` })
      assert.equal(forged.status, 400)
      assert.equal((await fetch(`${url}/elsewhere`, { method: 'POST', headers, body: '{}' })).status, 404)
      assert.equal(heard.length, 1)
    } finally {
      desk.github.setWebhookUrl(undefined)
      await new Promise((resolve) => server.close(resolve))
    }
  })
})

describe('deliveries that were lost', () => {
  test('are asked for again, but for those that are known', async () => {
    const received: string[] = []
    const server = createServer((request, response) => {
      received.push(String(request.headers['x-github-delivery']))
      response.writeHead(202).end()
      request.resume()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      desk.github.setWebhookUrl(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
      const first = desk.github.deliveries.length
      desk.github.loseDeliveries(2)
      for (const text of ['lost', 'lost, but known', 'arrives'])
        await desk.ada.comment(Number(desk.change), text)
      await desk.github.delivered()
      const [lost, known, arrived] = desk.github.deliveries.slice(first).map(({ guid }) => guid)
      assert.deepEqual(received, [arrived])
      const isKnown = (guid: string) => Promise.resolve(guid === known)
      assert.equal(await desk.host.recover(0, isKnown), 1)
      await desk.github.delivered()
      assert.deepEqual(received, [arrived, lost])
      assert.equal(await desk.host.recover(0, isKnown), 0)
      assert.equal(await desk.host.recover(systemClock.now() + 60_000, () => Promise.resolve(false)), 0)
    } finally {
      desk.github.setWebhookUrl(undefined)
      await new Promise((resolve) => server.close(resolve))
    }
  })
})
