import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { test } from 'node:test'
import { createHttp, type Http } from '../../../src/cli/client/http.ts'
import { followEvents, followText } from '../../../src/cli/client/streams.ts'
import { CliFailure } from '../../../src/cli/terminal/failure.ts'
import { processWorld, type World } from '../../../src/cli/terminal/world.ts'
import { systemClock } from '../../../src/clock.ts'

type Script = ((request: IncomingMessage, response: ServerResponse) => void)[]

/** A server that answers each request with the next of a script; what it is asked beyond that is an error. */
async function serving(
  script: Script,
  use: (http: Http, asked: IncomingMessage[]) => Promise<void>,
): Promise<void> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    const answer = script[asked.length]
    asked.push(request)
    if (answer) return answer(request, response)
    response.writeHead(599).end('{"error":"asked too often"}')
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`
  try {
    await use(createHttp({ url, token: 'a-token', source: 'test', tokenSource: 'test' }), asked)
    assert.equal(asked.length, script.length)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

/** A terminal whose pauses pass at once, and what it was told. */
function patientWorld(): { world: World; pauses: number[]; said: string[] } {
  const pauses: number[] = []
  const said: string[] = []
  const clock = {
    ...systemClock,
    sleep: (milliseconds: number) => (pauses.push(milliseconds), Promise.resolve()),
  }
  const stderr = { write: (text: string) => said.push(text) } as unknown as NodeJS.WriteStream
  return { world: { ...processWorld(), clock, stderr }, pauses, said }
}

/** Sends a part of an answer, then cuts the connection. */
function cut(text: string) {
  return (_request: IncomingMessage, response: ServerResponse) => {
    response.writeHead(200, { 'content-type': 'text/plain' })
    response.write(text, () => setImmediate(() => response.destroy()))
  }
}

function whole(text: string) {
  return (_request: IncomingMessage, response: ServerResponse) => void response.writeHead(200).end(text)
}

async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const result: T[] = []
  for await (const item of items) result.push(item)
  return result
}

const never = new AbortController().signal

test('a log whose connection breaks goes on without losing or doubling a character', async () => {
  const script = [
    cut('==> one\nweb | ä'),
    cut('==> one\nweb | ääb\n'),
    whole('==> one\nweb | ääb\n==> done\n'),
  ]
  await serving(script, async (http, asked) => {
    const { world, said, pauses } = patientWorld()
    const text = await collect(followText(world, http, '/log?follow=true', never))
    assert.equal(text.join(''), '==> one\nweb | ääb\n==> done\n')
    assert.deepEqual(pauses, [1000, 1000], 'what it got in between starts the count again')
    assert.equal(said.length, 2)
    assert.match(said[0] ?? '', /broke.*trying again/)
    assert.equal(asked[0]?.headers['x-qaack-token'], 'a-token')
  })
})

test('a server that is not there from the start is not waited for', async () => {
  await serving([], async (http) => {
    const { world, pauses } = patientWorld()
    const gone = createHttp({ ...http.server, url: 'http://127.0.0.1:2' })
    await assert.rejects(collect(followText(world, gone, '/log', never)), CliFailure)
    assert.deepEqual(pauses, [])
  })
})

test('a server that does not come back is given up, with its own sentence', async () => {
  const { world, pauses } = patientWorld()
  let following: Promise<unknown> = Promise.resolve()
  await serving([cut('a')], async (http) => {
    const chunks = followText(world, http, '/log', never)
    await chunks.next()
    following = assert.rejects(collect(chunks), /no Qaack server answers at/)
  })
  await following
  assert.deepEqual(pauses, [1000, 2000, 4000, 8000, 15_000, 30_000])
})

test('a refusal in the middle is not tried again', async () => {
  const refuse = (_request: IncomingMessage, response: ServerResponse) =>
    void response
      .writeHead(401, { 'content-type': 'application/json' })
      .end('{"error":"the token has expired"}')
  await serving([cut('a'), refuse], async (http) => {
    await assert.rejects(
      collect(followText(patientWorld().world, http, '/log', never)),
      /the token has expired/,
    )
  })
})

test('events go on after the last one that came', async () => {
  const events = (...ids: number[]) =>
    `retry: 2000\n\n${ids.map((id) => `id: ${id}\ndata: {"seq":${id}}\n\n`).join('')}`
  const stop = new AbortController()
  await serving([cut(events(1, 2)), whole(events(3)), cut(events(4))], async (http, asked) => {
    const { world } = patientWorld()
    const ids: string[] = []
    for await (const { id } of followEvents(world, http, '/api/events', stop.signal)) {
      ids.push(id)
      if (id === '4') break
    }
    assert.deepEqual(ids, ['1', '2', '3', '4'])
    assert.deepEqual(
      asked.map(({ headers }) => headers['last-event-id']),
      [undefined, '2', '3'],
    )
    assert.equal(asked[0]?.headers.accept, 'text/event-stream')
  })
})

test('a signal ends a stream that is quiet', async () => {
  const stop = new AbortController()
  const quiet = (_request: IncomingMessage, response: ServerResponse) =>
    void response.writeHead(200).write('first\n')
  await serving([quiet], async (http) => {
    const chunks = followText(patientWorld().world, http, '/log', stop.signal)
    await chunks.next()
    stop.abort(new CliFailure('stopped', { exitCode: 130 }))
    await assert.rejects(chunks.next(), { message: 'stopped' })
  })
})
