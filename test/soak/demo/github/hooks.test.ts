import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openStage } from './stage.ts'

interface Page {
  data: { id: number }[]
  headers: { link?: string }
}

test('what was not taken is listed as failed, and comes again with the same guid', async () => {
  await using stage = await openStage()
  const { github, app, heard, answers } = stage
  answers.push(500)
  await github.user('ada').push('main', 'feat: a shop', { a: '1' })
  await github.delivered()
  const { data: failed } = await app.request('GET /app/hook/deliveries', { status: 'failure' })
  const [delivery] = failed as {
    id: number
    guid: string
    status_code: number
    event: string
    redelivery: boolean
  }[]
  assert.ok(delivery)
  assert.deepEqual([delivery.event, delivery.status_code, delivery.redelivery], ['create', 500, false])

  const path = 'POST /app/hook/deliveries/{delivery_id}/attempts'
  const { status } = await app.request(path, { delivery_id: delivery.id })
  assert.equal(status, 202)
  await github.delivered()
  const [first] = heard
  const last = heard.at(-1)
  assert.equal(last?.guid, delivery.guid)
  assert.equal(last?.text, first?.text)
  assert.equal(last?.headers['x-hub-signature-256'], first?.headers['x-hub-signature-256'])
  const { data: all } = await app.request('GET /app/hook/deliveries')
  assert.deepEqual(
    all.map(({ event, status: said, redelivery }) => [event, said, redelivery]),
    [
      ['create', 'OK', true],
      ['check_suite', 'OK', false],
      ['push', 'OK', false],
      ['create', 'Invalid HTTP Response: 500', false],
    ],
  )
  const one = await app.request('GET /app/hook/deliveries/{delivery_id}', { delivery_id: delivery.id })
  assert.equal((one.data.request.payload as { ref: string }).ref, 'main')
})

test('deliveries come in pages, newest first', async () => {
  await using stage = await openStage()
  const { github, app } = stage
  for (const name of ['a', 'b', 'c']) await github.user('ada').push(name, 'feat: one', { name })
  await github.delivered()
  const ids: number[] = []
  let path: string | undefined = '/app/hook/deliveries?per_page=4'
  while (path) {
    const { data, headers } = (await app.request(`GET ${path}`)) as Page
    ids.push(...data.map(({ id }) => id))
    path = /<[^>]*\/api\/v3([^>]+)>; rel="next"/.exec(headers.link ?? '')?.[1]
  }
  assert.deepEqual(ids, github.deliveries.map(({ id }) => id).reverse())
  assert.equal(ids.length, 9)
})

test('a webhook can be lost, or find nobody', async () => {
  await using stage = await openStage()
  const { github, heard } = stage
  const ada = github.user('ada')
  github.loseDeliveries(1)
  await ada.push('main', 'feat: a shop', { a: '1' })
  await github.delivered()
  assert.deepEqual(
    heard.map(({ event }) => event),
    ['push', 'check_suite'],
  )
  github.setWebhookUrl('http://127.0.0.1:1/nobody')
  await ada.push('main', 'feat: more', { a: '2' })
  await github.delivered()
  assert.deepEqual(
    github.deliveries.map(({ status }) => status),
    ['failed to connect to host', 'OK', 'OK', 'failed to connect to host', 'failed to connect to host'],
  )
  github.setWebhookUrl(undefined)
  await ada.push('main', 'feat: still more', { a: '3' })
  assert.equal(github.deliveries.length, 5)
})

test('only the app itself may ask for its webhooks', async () => {
  await using stage = await openStage()
  const { github, installation } = stage
  const { token } = (await installation.auth({ type: 'installation' })) as { token: string }
  const asInstallation = await fetch(`${github.url}/api/v3/app/hook/deliveries`, {
    headers: { authorization: `token ${token}` },
  })
  assert.equal(asInstallation.status, 401)
  await assert.rejects(github.user('ada').api('GET', '/app/hook/deliveries'), /401/)
  const forged = await fetch(`${github.url}/api/v3/app/hook/deliveries`, {
    headers: { authorization: `Bearer ${forgedToken(github.app.appId)}` },
  })
  assert.equal(forged.status, 401)
})

function forgedToken(appId: number): string {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const now = Math.floor(Date.now() / 1000)
  return `${part({ alg: 'RS256' })}.${part({ iss: appId, iat: now, exp: now + 60 })}.${'A'.repeat(342)}`
}
