import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'node:test'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { until } from '../../../src/setup/server-process.ts'
import { examples } from '../../unit/hosts/github/examples.ts'
import { headersOf, openDoor, path, type Door } from './github-door.ts'
import { refusesWhatCannotBeKept } from './unkept.ts'

const payload = JSON.stringify({ action: 'opened', installation: { id: 7 }, text: 'größer 🚀' })

async function kept({ parts }: Door): Promise<number> {
  await parts.background.drained()
  return (await parts.store.list('delivery')).length
}

function errorOf({ body }: { body: unknown }): string {
  return (body as { error: string }).error
}

test('a signed delivery is kept and answered 202, the same one again too, and handled once', async () => {
  await using door = await openDoor()
  assert.deepEqual(await door.deliver(payload), { status: 202, body: { id: 'one' } })
  const [record] = await door.parts.store.list('delivery')
  assert.deepEqual([record?.host, record?.deliveryId, record?.event], ['github', 'one', 'pull_request'])
  assert.equal((await door.deliver(payload)).status, 202)
  assert.equal(await kept(door), 1)
  assert.deepEqual(door.handled, ['refs-changed'])
})

test('recorded deliveries of every kind of event are kept, and so is one that nobody knows', async () => {
  await using door = await openDoor()
  let count = 0
  for (const { event, payload: recorded } of examples) {
    const body = JSON.stringify(recorded)
    const headers = { ...headersOf(body, `d${count++}`), 'x-github-event': event }
    assert.deepEqual([event, (await door.deliver(body, headers)).status], [event, 202])
  }
  const unknown = { 'x-github-event': 'brand_new', 'x-github-delivery': 'new' }
  assert.equal((await door.deliver(payload, unknown)).status, 202)
  assert.ok(count > 200)
  assert.equal(await kept(door), count + 1)
})

test('the signature is on the bytes as they came, not on what they mean', async () => {
  await using door = await openDoor()
  const spaced = payload.replace(':', ' :  ')
  assert.equal((await door.deliver(spaced)).status, 202)
  const answer = await door.deliver(spaced, { ...headersOf(payload), 'x-github-delivery': 'two' })
  assert.equal(answer.status, 400)
  assert.match(errorOf(answer), /signature does not match.*WEBHOOK_SECRET/)
  assert.equal(await kept(door), 1)
})

test('what is not believed or not a delivery is refused with a sentence, and nothing is kept', async () => {
  await using door = await openDoor()
  const sha1 = { 'x-hub-signature-256': undefined, 'x-hub-signature': 'sha1=00' }
  const cases: [number, RegExp, string | Buffer, Record<string, string | undefined>][] = [
    [400, /signature does not match/, payload, { 'x-hub-signature-256': 'sha256=00' }],
    [400, /signature does not match/, payload, { 'x-hub-signature-256': 'ä' }],
    [400, /lacks x-hub-signature-256; give the webhook of the app a secret/, payload, sha1],
    [400, /lacks x-github-event/, payload, { 'x-github-event': undefined }],
    [400, /lacks x-github-delivery/, payload, { 'x-github-delivery': '' }],
    // Probot checks the signature of text; bytes that are none cannot have been signed by GitHub.
    [400, /signature does not match/, Buffer.from([0x7b, 0xff, 0xfe]), {}],
    [400, /is a JSON object/, '5', {}],
    [400, /is a JSON object/, 'null', {}],
    [400, /is a JSON object/, '', {}],
    [
      415,
      /content-type: application\/json/,
      payload,
      { 'content-type': 'application/x-www-form-urlencoded' },
    ],
    [415, /content-type: application\/json/, payload, { 'content-type': undefined }],
  ]
  for (const [status, sentence, body, headers] of cases) {
    const answer = await door.deliver(body, headers)
    assert.equal(answer.status, status, JSON.stringify([body, headers, answer.body]))
    assert.match(errorOf(answer), sentence)
  }
  assert.equal(await kept(door), 0)
})

test('25 MiB are taken, more are not', { timeout: 60_000 }, async () => {
  await using door = await openDoor()
  const most = `{"text":"${'x'.repeat(25 * 1024 * 1024 - 11)}"}`
  assert.equal((await door.deliver(most)).status, 202)
  const answer = await door.deliver(`${most} `, { 'x-github-delivery': 'two' })
  assert.deepEqual([answer.status, errorOf(answer)], [413, 'the body is larger than 25 MiB'])
  assert.equal(await kept(door), 1)
})

test('without an app the answer says how to connect one, before the body is read', async () => {
  await using door = await openDoor({ connected: false })
  const answer = await door.deliver(payload)
  assert.equal(answer.status, 503)
  assert.match(errorOf(answer), /no GitHub App is connected.*APP_ID, PRIVATE_KEY and WEBHOOK_SECRET/)
  const call = request(`${await door.listen()}${path}`, {
    method: 'POST',
    headers: { 'content-length': 1_000_000 },
  })
  call.on('error', () => undefined)
  call.write('{')
  const [response] = (await once(call, 'response')) as [{ statusCode: number }]
  assert.equal(response.statusCode, 503)
  call.destroy()
})

test('an app that goes while the body comes is not said to have kept anything', async () => {
  await using door = await openDoor({ stays: 1 })
  const answer = await door.deliver(payload)
  assert.equal(answer.status, 503)
  assert.match(errorOf(answer), /no GitHub App is connected/)
  assert.equal(await kept(door), 0)
})

test('bodies of strangers take a share of the memory and no more, and small ones get in beside them', async () => {
  await using door = await openDoor()
  const url = `${await door.listen()}${path}`
  const begin = () => {
    const headers = { ...headersOf(''), 'content-length': 25 * 1024 * 1024, expect: '100-continue' }
    const call = request(url, { method: 'POST', headers, agent: false })
    call.on('error', () => undefined)
    call.flushHeaders()
    return call
  }
  const held = Array.from({ length: 8 }, begin)
  await Promise.all(held.map((call) => once(call, 'continue')))
  const [refused] = (await once(begin(), 'response')) as [{ statusCode: number }]
  assert.equal(refused.statusCode, 503)
  assert.equal((await door.deliver(payload)).status, 202)
  for (const call of held) call.destroy()
  const large = `{"text":"${'x'.repeat(2 * 1024 * 1024)}"}`
  await until(
    async () => (await door.deliver(large, { 'x-github-delivery': 'two' })).status === 202,
    'there is room again',
  )
})

test('another method is told which one is possible', async () => {
  await using door = await openDoor()
  const answer = await door.api.inject({ method: 'GET', url: path })
  assert.deepEqual([answer.statusCode, answer.headers.allow], [405, 'POST'])
})

test('what cannot be kept is answered as such, so that GitHub shows it as failed', async () => {
  await using door = await openDoor()
  await refusesWhatCannotBeKept(door.parts, () => door.deliver(payload))
})

test('deliveries are counted by what became of them', async () => {
  await using door = await openDoor()
  await door.deliver(payload)
  await door.deliver(payload)
  await door.parts.background.drained()
  const { body } = await door.api.inject({ method: 'GET', url: '/metrics' })
  assert.match(body, /qaack_deliveries_total\{host="github",outcome="done"\} 1/)
  assert.match(body, /qaack_deliveries_total\{host="github",outcome="again"\} 1/)
  assert.match(body, /qaack_deliveries_waiting 0/)
})

test('a delivery that is tried again is counted as waiting, and an event says why it waits', async () => {
  const handle = () => Promise.reject(new HostFailure('unavailable', 'GitHub did not answer'))
  await using door = await openDoor({ handle })
  await door.deliver(payload)
  await until(async () => (await door.parts.store.events({})).length > 0, 'an event')
  const { body } = await door.api.inject({ method: 'GET', url: '/metrics' })
  assert.match(body, /qaack_deliveries_waiting 1/)
  const [event] = await door.parts.store.events({})
  assert.equal(event?.message, 'pull_request (delivery one) waits: GitHub did not answer; it is tried again')
})
