import assert from 'node:assert/strict'
import { once } from 'node:events'
import { request, type IncomingMessage } from 'node:http'
import test from 'node:test'
import { logOf } from '../../../src/api/environment-log.ts'
import { ManualClock } from '../../fakes/clock.ts'
import { endBuild, insertBuild, insertEnvironment } from './records.ts'
import { adminToken, startApi, type Service } from './service.ts'

/** An open answer on a real socket, read piece by piece. */
class Reader {
  readonly response: IncomingMessage
  text = ''
  private constructor(response: IncomingMessage) {
    this.response = response
    response.setEncoding('utf8').on('data', (chunk: string) => (this.text += chunk))
    response.on('error', () => undefined)
  }

  static async open(address: string, path: string, headers: Record<string, string> = {}): Promise<Reader> {
    const call = request(`${address}${path}`, { headers: { 'x-qaack-token': adminToken, ...headers } }).end()
    const [response] = (await once(call, 'response')) as [IncomingMessage]
    return new Reader(response)
  }

  async has(text: string): Promise<void> {
    while (!this.text.includes(text)) await once(this.response, 'data')
  }

  async end(): Promise<string> {
    if (!this.response.readableEnded) await once(this.response, 'end')
    return this.text
  }
}

async function withBuild(service: Service) {
  const environment = await insertEnvironment(service.parts, { state: 'building' })
  const build = await insertBuild(service.parts, environment)
  return { environment, build, path: `/api/environment/${environment.id}/log` }
}

test(
  'a followed log begins before there is any text, grows with the build and ends with it',
  { timeout: 20_000 },
  async () => {
    await using service = await startApi()
    const { build, path } = await withBuild(service)
    const address = await service.listen()
    const reader = await Reader.open(address, `${path}?follow=true`)
    assert.equal(reader.response.headers['content-type'], 'text/plain; charset=utf-8')
    assert.equal(reader.response.headers['x-qaack-build'], '1')
    await service.parts.store.appendLog(build.id, 'one\n')
    await reader.has('one\n')
    await service.parts.store.appendLog(build.id, 'two\n')
    await reader.has('two\n')
    await service.parts.store.appendLog(build.id, 'last\n')
    await endBuild(service.parts, build.id)
    assert.equal(await reader.end(), 'one\ntwo\nlast\n')
  },
)

test('a log that is not followed is what there is, and a number picks the build', async () => {
  await using service = await startApi()
  const { environment, build, path } = await withBuild(service)
  await service.parts.store.appendLog(build.id, 'first build\n')
  await endBuild(service.parts, build.id)
  const second = await insertBuild(service.parts, environment, { number: 2 })
  await service.parts.store.appendLog(second.id, 'second build\n')
  assert.equal((await service.call('GET', path)).body, 'second build\n')
  assert.equal((await service.call('GET', `${path}?build=1`)).body, 'first build\n')
  assert.equal((await service.call('GET', `${path}?build=1&follow=true`)).body, 'first build\n')
  const none = await service.call('GET', `${path}?build=3`)
  assert.equal(none.status, 404)
  assert.match(JSON.stringify(none.body), /no build 3/)
  const { id } = await insertEnvironment(service.parts)
  assert.match(JSON.stringify((await service.call('GET', `/api/environment/${id}/log`)).body), /no build yet/)
  assert.deepEqual(
    [(await service.call('HEAD', path)).status, (await service.call('HEAD', `${path}?follow=true`)).body],
    [200, ''],
  )
})

test('a long log arrives whole, with every character in one piece', { timeout: 20_000 }, async () => {
  await using service = await startApi()
  const { build, path } = await withBuild(service)
  // Of odd length, so that reading in pieces would cut a character of two code units.
  const text = `x${'🚀ü'.repeat(150_000)}`
  await service.parts.store.appendLog(build.id, text)
  await endBuild(service.parts, build.id)
  const reader = await Reader.open(await service.listen(), path)
  assert.ok((await reader.end()) === text)
})

test('a reader that leaves is no longer written to', { timeout: 20_000 }, async () => {
  await using service = await startApi()
  const { build } = await withBuild(service)
  const left = new AbortController()
  const pieces = logOf(service.parts, build.id, true, left.signal)
  await service.parts.store.appendLog(build.id, 'one')
  assert.deepEqual(await pieces.next(), { value: 'one', done: false })
  const next = pieces.next()
  left.abort()
  assert.deepEqual(await next, { value: undefined, done: true })
})

test('a log that another process writes is found by looking', async () => {
  const clock = new ManualClock()
  await using service = await startApi({ clock })
  const { build } = await withBuild(service)
  let stored = ''
  const deaf = {
    ...service.parts,
    store: {
      ...service.parts.store,
      watch: () => () => undefined,
      readLog: (_id: string, at = 0) =>
        Promise.resolve({ text: stored.slice(at), start: at, end: stored.length }),
    },
  }
  const pieces = logOf(deaf, build.id, true, new AbortController().signal)
  const next = pieces.next()
  stored = 'from elsewhere'
  await clock.advance(2_000)
  assert.equal((await next).value, 'from elsewhere')
  await pieces.return(undefined)
})

test('closing the API ends what is followed', { timeout: 20_000 }, async () => {
  await using service = await startApi()
  const { build, path } = await withBuild(service)
  const reader = await Reader.open(await service.listen(), `${path}?follow=true`)
  await service.parts.store.appendLog(build.id, 'one\n')
  await reader.has('one\n')
  await service.api.close()
  assert.equal(await reader.end(), 'one\n')
})

function eventOf(message: string, environmentId: string | null = null) {
  return {
    event: { at: 0, kind: 'environment' as const, repositoryId: null, environmentId, buildId: null, message },
  }
}

interface Event {
  seq: number
  message: string
}

test('events are listed oldest first, after a number, of one environment, and not more than asked for', async () => {
  await using service = await startApi()
  for (const [message, environment] of [
    ['a', 'one'],
    ['b', 'two'],
    ['c', 'one'],
  ] as const)
    await service.parts.store.commit([eventOf(message, environment)])
  const list = async (query: string) =>
    ((await service.call('GET', `/api/events${query}`)).body as Event[])
      .map(({ message }) => message)
      .join('')
  assert.equal(await list(''), 'abc')
  assert.equal(await list('?environment=one'), 'ac')
  assert.equal(await list('?limit=2'), 'bc')
  const [first] = (await service.call('GET', '/api/events')).body as Event[]
  assert.equal(await list(`?since=${first?.seq}&limit=1`), 'b')
  for (const query of ['?since=x', '?limit=0', '?limit=1001', '?environmnt=x', '?since=-1']) {
    assert.equal((await service.call('GET', `/api/events${query}`)).status, 422, query)
  }
})

test(
  'followed events begin with those there are and go on with what comes',
  { timeout: 20_000 },
  async () => {
    await using service = await startApi()
    await service.parts.store.commit([eventOf('before', 'one')])
    const reader = await Reader.open(await service.listen(), '/api/events?environment=one', {
      accept: 'text/event-stream',
    })
    assert.equal(reader.response.headers['content-type'], 'text/event-stream; charset=utf-8')
    await reader.has('before')
    await service.parts.store.commit([eventOf('of another', 'two'), eventOf('after', 'one')])
    await reader.has('after')
    assert.doesNotMatch(reader.text, /of another/)
    assert.match(
      reader.text,
      /^retry: 2000\n\nid: \d+\ndata: \{"seq":\d+,.*"message":"before"\}\n\nid: \d+\ndata: \{.*"message":"after"\}\n\n$/,
    )
    reader.response.destroy()
  },
)

test('a client that lost its connection gets what it missed', { timeout: 20_000 }, async () => {
  await using service = await startApi()
  for (const message of ['one', 'two', 'three']) await service.parts.store.commit([eventOf(message)])
  const [first] = (await service.call('GET', '/api/events')).body as Event[]
  const reader = await Reader.open(await service.listen(), '/api/events', {
    accept: 'text/event-stream',
    'last-event-id': String(first?.seq),
  })
  await reader.has('three')
  assert.doesNotMatch(reader.text, /"one"/)
  assert.match(reader.text, /"two"/)
  reader.response.destroy()
})

test('a silent stream of events gives a sign of life every 15 s', { timeout: 20_000 }, async () => {
  const clock = new ManualClock()
  await using service = await startApi({ clock })
  const reader = await Reader.open(await service.listen(), '/api/events', { accept: 'text/event-stream' })
  await reader.has('retry')
  while (!reader.text.includes(': still here')) await clock.advance(2_000)
  reader.response.destroy()
})

test(
  'a reader that takes nothing is cut after a minute, and is not buffered for',
  { timeout: 30_000 },
  async () => {
    const clock = new ManualClock()
    await using service = await startApi({ clock })
    const { build, path } = await withBuild(service)
    for (let count = 0; count < 24; count += 1)
      await service.parts.store.appendLog(build.id, 'x'.repeat(1024 * 1024))
    await endBuild(service.parts, build.id)
    let read = 0
    const { store } = service.parts
    service.parts.store = {
      ...store,
      readLog(...given) {
        read += 1
        return store.readLog(...given)
      },
    }
    const call = request(`${await service.listen()}${path}`, {
      headers: { 'x-qaack-token': adminToken },
    }).end()
    const [response] = (await once(call, 'response')) as [IncomingMessage]
    const cut = new Promise((resolve) => response.on('error', () => undefined).once('close', resolve))
    for (let still = 0; still < 10;) {
      const before = read
      await clock.advance(1)
      still = before === read ? still + 1 : 0
    }
    assert.ok(read < 24 * 16, `all ${read} pieces were read though nobody took them`)
    await clock.advance(60_000)
    response.resume()
    await cut
    assert.equal(response.complete, false)
  },
)
