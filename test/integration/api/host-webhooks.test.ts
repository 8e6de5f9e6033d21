import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request } from 'node:http'
import { test } from 'node:test'
import { createApi } from '../../../src/api/api.ts'
import { Inbox } from '../../../src/deliveries/inbox.ts'
import { createGitHost } from '../../../src/hosts/git/git-host.ts'
import type { Delivery } from '../../../src/hosts/host.ts'
import { FakeEngine } from '../../fakes/engine.ts'
import { fakeDoor } from '../../fakes/host-hooks.ts'
import { makeParts } from '../../fakes/parts.ts'
import { listening } from './listening.ts'
import { adminToken } from './service.ts'
import { refusesWhatCannotBeKept } from './unkept.ts'

const url = fakeDoor.path
const payload = '{"text": "größer 🚀"}'

/** The API with a host that has a door. */
async function openDoor() {
  const parts = await makeParts({ engine: new FakeEngine() })
  const heard: Delivery[] = []
  const receive = (delivery: Delivery) => {
    heard.push(delivery)
    return { ignored: 'it is of no interest' }
  }
  parts.hosts.azure = { ...createGitHost(), receive, door: fakeDoor }
  const inbox = new Inbox(parts, () => Promise.reject(new Error('nothing is handled here')))
  const api = await createApi(parts, { adminToken, inbox, github: () => null })
  return {
    ...listening(api, parts),
    parts,
    api,
    heard,
    async call(body: string | Buffer, headers: Record<string, string> = {}) {
      const given = { 'content-type': 'application/json', 'x-proof': 'secret', 'x-id': 'one', ...headers }
      const wanted = Object.entries(given).filter(([, value]) => value !== '')
      const answer = await api.inject({
        method: 'POST',
        url,
        headers: Object.fromEntries(wanted),
        payload: body,
      })
      return {
        status: answer.statusCode,
        body: JSON.parse(answer.body) as { id?: string; error?: string; path?: string },
      }
    },
    async kept() {
      await parts.background.drained()
      return parts.store.list('delivery')
    },
  }
}

test('a call that proves itself is kept and answered 202, the same one again too, and decided once', async () => {
  await using door = await openDoor()
  assert.deepEqual(await door.call(payload), { status: 202, body: { id: 'one' } })
  assert.deepEqual(await door.call(payload), { status: 202, body: { id: 'one' } })
  const [record, ...more] = await door.kept()
  assert.deepEqual(more, [])
  assert.deepEqual([record?.host, record?.deliveryId, record?.event], ['azure', 'one', 'push'])
  assert.deepEqual(door.heard[0], { event: 'push', payload })
  assert.equal((await door.parts.store.events({ since: 0 })).length, 1)
})

test('the bytes are handed on as they came, whatever they are said to be', async () => {
  await using door = await openDoor()
  for (const type of ['application/json', 'application/x-www-form-urlencoded', 'text/plain', ''])
    assert.equal((await door.call(payload, { 'content-type': type, 'x-id': `of ${type}` })).status, 202, type)
  await door.kept()
  assert.deepEqual(
    door.heard.map((one) => one.payload),
    Array.from({ length: 4 }, () => payload),
  )
})

test('a call without an id of its own is answered with one by which its decision is found', async () => {
  await using door = await openDoor()
  const first = await door.call(payload, { 'x-id': '' })
  const second = await door.call(payload, { 'x-id': '' })
  assert.notEqual(first.body.id, second.body.id)
  await door.kept()
  const messages = (await door.parts.store.events({ since: 0 })).map(({ message }) => message)
  assert.ok(
    messages.includes(`push (delivery ${first.body.id}): ignored: it is of no interest`),
    messages.join('\n'),
  )
  assert.equal(door.heard.length, 2)
})

test('what the host does not believe is refused with its sentence, and nothing is kept', async () => {
  await using door = await openDoor()
  assert.deepEqual(await door.call(payload, { 'x-proof': '' }), {
    status: 400,
    body: { error: 'this is no call of the fake host' },
  })
  assert.deepEqual(await door.call(payload, { 'x-proof': 'guess' }), {
    status: 401,
    body: { error: 'nothing proves where this comes from' },
  })
  assert.deepEqual(await door.kept(), [])
  const answer = await door.api.inject({ method: 'GET', url })
  assert.deepEqual([answer.statusCode, answer.headers.allow], [405, 'POST'])
})

test('as much as the host says is taken, more is not', async () => {
  await using door = await openDoor()
  const most = 'x'.repeat(fakeDoor.limit)
  assert.equal((await door.call(most)).status, 202)
  const answer = await door.call(`${most}x`, { 'x-id': 'two' })
  assert.deepEqual([answer.status, answer.body.error], [413, 'the body is larger than 2 MiB'])
  assert.equal((await door.kept()).length, 1)
})

test('bodies of strangers take a share of the memory and no more', async () => {
  await using door = await openDoor()
  const at = `${await door.listen()}${url}`
  const begin = () => {
    const headers = { 'content-length': fakeDoor.limit, expect: '100-continue' }
    const call = request(at, { method: 'POST', headers, agent: false })
    call.on('error', () => undefined)
    call.flushHeaders()
    return call
  }
  const held = Array.from({ length: 100 }, begin)
  await Promise.all(held.map((call) => once(call, 'continue')))
  const [refused] = (await once(begin(), 'response')) as [{ statusCode: number }]
  assert.equal(refused.statusCode, 503)
  assert.equal((await door.call(payload)).status, 202)
  for (const call of held) call.destroy()
})

test('what cannot be kept is answered as such, so that the host sends it again', async () => {
  await using door = await openDoor()
  await refusesWhatCannotBeKept(door.parts, () => door.call(payload))
})

test('the description lists it, open to everybody', async () => {
  await using door = await openDoor()
  const answer = await door.api.inject({ method: 'GET', url: '/api/openapi.json' })
  const { paths } = JSON.parse(answer.body) as {
    paths: Record<string, { post?: { operationId: string; security: unknown[]; responses: object } }>
  }
  const operation = paths[url]?.post
  assert.equal(operation?.operationId, 'receiveAzureWebhook')
  assert.deepEqual(operation.security, [])
  assert.deepEqual(Object.keys(operation.responses), ['202', '400', '401', '413', '500', '503', '507'])
})
