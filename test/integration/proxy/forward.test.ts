import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer as createNetServer } from 'node:net'
import { request as send, type IncomingMessage } from 'node:http'
import { buffer, text } from 'node:stream/consumers'
import test, { type TestContext } from 'node:test'
import { closedPort, host, listen, signal, startProxy, startService, Wire } from './setting.ts'

interface Ask {
  method?: string
  path?: string
  headers?: Record<string, string>
  body?: string | Buffer
}

async function ask(
  port: number,
  { method = 'GET', path = '/', headers = {}, body }: Ask = {},
): Promise<IncomingMessage> {
  const request = send({ host: '127.0.0.1', port, method, path, headers: { host, ...headers }, agent: false })
  request.end(body)
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  return response
}

/** A service made of bare bytes: `answer` says what it writes for a request; null closes the connection instead. */
async function startBytes(
  context: TestContext,
  answer: (count: number) => string | null,
  options = { closes: false },
): Promise<number> {
  let count = 0
  const server = createNetServer((socket) => {
    socket.on('error', () => undefined)
    socket.on('data', () => {
      const bytes = answer((count += 1))
      if (bytes === null) socket.destroy()
      else if (options.closes) socket.end(bytes, 'latin1')
      else socket.write(bytes, 'latin1')
    })
  })
  const port = await listen(server)
  context.after(() => server.close())
  return port
}

test('passes method, path, headers and body on, and status, headers and body back', async (context) => {
  const service = await startService(context, (request, response) => {
    void text(request).then((body) => {
      response.writeHead(418, 'Short and stout', [
        'X-Seen',
        `${request.method} ${request.url} ${body}`,
        'Set-Cookie',
        'a',
        'Set-Cookie',
        'b',
      ])
      response.end(JSON.stringify(request.headers))
    })
  })
  const { port } = await startProxy(context, { target: service.port })
  const response = await ask(port, {
    method: 'PUT',
    path: '/a%20b?c=%2F',
    headers: { 'x-mine': '1' },
    body: 'hello',
  })
  assert.equal(response.statusCode, 418)
  assert.equal(response.statusMessage, 'Short and stout')
  assert.equal(response.headers['x-seen'], 'PUT /a%20b?c=%2F hello')
  assert.deepEqual(response.headers['set-cookie'], ['a', 'b'])
  assert.equal(response.headers['x-robots-tag'], 'noindex, nofollow')
  assert.equal(response.headers['x-qaack-stale'], undefined)
  const seen = JSON.parse(await text(response)) as Record<string, string>
  assert.equal(seen.host, host)
  assert.equal(seen['x-mine'], '1')
  assert.equal(seen['x-forwarded-for'], '127.0.0.1')
  assert.equal(seen['x-forwarded-host'], host)
  assert.equal(seen['x-forwarded-proto'], 'http')
})

test('says when what serves is older than its ref', async (context) => {
  const service = await startService(context, (_, response) => response.end())
  const { port } = await startProxy(context, {
    target: service.port,
    environment: { serving: { hash: 'a', stale: true } },
  })
  assert.equal((await ask(port)).headers['x-qaack-stale'], 'a')
})

test('streams both ways: each side gets a piece while the other still speaks', async (context) => {
  const service = await startService(context, (request, response) => {
    response.flushHeaders()
    request.on('data', (chunk: Buffer) => response.write(`got ${chunk.toString()}`))
    request.on('end', () => response.end('done'))
  })
  const { port } = await startProxy(context, { target: service.port })
  const request = send({ host: '127.0.0.1', port, method: 'POST', headers: { host }, agent: false })
  request.write('one')
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  assert.equal(String(await once(response, 'data')), 'got one')
  request.write('two')
  assert.equal(String(await once(response, 'data')), 'got two')
  request.end()
  assert.equal(await text(response), 'done')
})

test('headers come before a body that is long in coming', async (context) => {
  const go = signal()
  const service = await startService(context, (_, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' }).flushHeaders()
    void go.reached.then(() => response.end('late'))
  })
  const { port } = await startProxy(context, { target: service.port })
  const response = await ask(port)
  go.reach()
  assert.equal(await text(response), 'late')
})

test('a large body arrives whole in both directions', async (context) => {
  const sum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex')
  const bytes = randomBytes(8 * 1024 * 1024)
  const service = await startService(context, (request, response) => void request.pipe(response))
  const { port } = await startProxy(context, { target: service.port })
  const sized = await ask(port, {
    method: 'POST',
    headers: { 'content-length': String(bytes.length) },
    body: bytes,
  })
  assert.equal(sum(await buffer(sized)), sum(bytes))
  const chunked = await ask(port, {
    method: 'POST',
    headers: { 'transfer-encoding': 'chunked' },
    body: bytes,
  })
  assert.equal(sum(await buffer(chunked)), sum(bytes))
})

test('a client that does not read stops the service from writing', async (context) => {
  const piece = Buffer.alloc(256 * 1024)
  const most = 64 * 1024 * 1024
  let written = 0
  const service = await startService(context, (request, response) => {
    if (request.url === '/ping') return response.end()
    const write = () => {
      while (written < most && !response.writableNeedDrain) {
        written += piece.length
        response.write(piece)
      }
      if (written < most) response.once('drain', write)
    }
    write()
  })
  const { port } = await startProxy(context, { target: service.port })
  const response = await ask(port)
  // As good as time passing: enough for a proxy that keeps everything to take all of it.
  for (let turn = 0; turn < 200; turn += 1) await text(await ask(port, { path: '/ping' }))
  assert.ok(written < most / 2, `${written} bytes went to a client that read none`)
  response.destroy()
})

test('HEAD, 204 and 304 have no body, and the connection goes on after them', async (context) => {
  const service = await startService(context, (request, response) => {
    if (request.url === '/head') response.writeHead(200, { 'content-length': 5 }).end('hello')
    else response.writeHead(Number(request.url?.slice(1))).end()
  })
  const { port } = await startProxy(context, { target: service.port })
  const wire = new Wire(port)
  wire.send('HEAD /head HTTP/1.1', `Host: ${host}`, '', '')
  assert.match(await wire.until(/\r\n\r\n$/), /^HTTP\/1\.1 200 OK\r\n.*content-length: 5\r\n/s)
  wire.send('GET /204 HTTP/1.1', `Host: ${host}`, '', '')
  await wire.until(/HTTP\/1\.1 204 No Content\r\n.*\r\n\r\n$/s)
  wire.send('GET /304 HTTP/1.1', `Host: ${host}`, 'Connection: close', '', '')
  assert.match(await wire.all(), /HTTP\/1\.1 304 Not Modified\r\n[^]*\r\n\r\n$/)
})

test('trailers are passed on', async (context) => {
  const service = await startService(context, (_, response) => {
    response.writeHead(200, { trailer: 'X-Sum' })
    response.write('body')
    response.addTrailers({ 'X-Sum': '42' })
    response.end()
  })
  const { port } = await startProxy(context, { target: service.port })
  const response = await ask(port)
  assert.equal(await text(response), 'body')
  assert.equal(response.headers.trailer, 'X-Sum')
  assert.equal(response.trailers['x-sum'], '42')
})

test('early hints go before the answer', async (context) => {
  const service = await startService(context, (_, response) => {
    response.writeEarlyHints({ link: '</a.css>; rel=preload' }, () => response.end('ok'))
  })
  const { port } = await startProxy(context, { target: service.port })
  const wire = new Wire(port).send('GET / HTTP/1.1', `Host: ${host}`, 'Connection: close', '', '')
  assert.match(
    await wire.all(),
    /^HTTP\/1\.1 103 Early Hints\r\nLink: <\/a\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK\r\n/i,
  )
})

test('a client of HTTP/1.0 gets an answer that ends with the connection', async (context) => {
  const service = await startService(context, (_, response) => {
    response.write('one ')
    response.end('two')
  })
  const { port } = await startProxy(context, { target: service.port })
  const answer = await new Wire(port).send('GET / HTTP/1.0', `Host: ${host}`, '', '').all()
  assert.match(answer, /\r\n\r\none two$/)
  assert.doesNotMatch(answer, /transfer-encoding/i)
})

test('connections to a service are used again', async (context) => {
  const service = await startService(context, (_, response) => response.end('ok'))
  let connections = 0
  service.server.on('connection', () => (connections += 1))
  const { port } = await startProxy(context, { target: service.port })
  for (let turn = 0; turn < 5; turn += 1) await text(await ask(port))
  assert.equal(connections, 1)
})

test('a request is sent again if the service closed the kept connection just then, but no POST is', async (context) => {
  const ok = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
  const port = await startBytes(context, (count) => (count === 2 || count === 4 ? null : ok))
  const proxy = await startProxy(context, { target: port })
  assert.equal((await ask(proxy.port)).statusCode, 200)
  assert.equal(await text(await ask(proxy.port)), 'ok')
  assert.equal((await ask(proxy.port, { method: 'POST', body: 'x' })).statusCode, 502)
})

test('a client that waits for our word before it sends gets it, unless the answer is known', async (context) => {
  const service = await startService(
    context,
    (request, response) => void text(request).then((body) => response.end(`got ${body}`)),
  )
  const { port, change } = await startProxy(context, { target: service.port })
  const wire = new Wire(port)
  wire.send(
    'POST / HTTP/1.1',
    `Host: ${host}`,
    'Expect: 100-continue',
    'Content-Length: 5',
    'Connection: close',
    '',
    '',
  )
  await wire.until(/^HTTP\/1\.1 100 Continue\r\n\r\n$/)
  assert.match(await wire.send('hello').all(), /HTTP\/1\.1 200 OK[^]*got hello/)

  await change({ state: 'building', serving: null })
  const refused = new Wire(port)
  refused.send('POST / HTTP/1.1', `Host: ${host}`, 'Expect: 100-continue', 'Content-Length: 5', '', '')
  assert.match(await refused.all(), /^HTTP\/1\.1 503 /)
})

test('a client that goes away ends its request at the service', async (context) => {
  const arrived = signal()
  const ended = signal()
  const service = await startService(context, (_, response) => {
    response.once('close', ended.reach)
    arrived.reach()
  })
  const { port } = await startProxy(context, { target: service.port })
  const wire = new Wire(port).send('GET / HTTP/1.1', `Host: ${host}`, '', '')
  await arrived.reached
  wire.socket.destroy()
  await ended.reached
})

test('a service that dies amid its answer ends the connection of the client', async (context) => {
  for (const half of [
    'Content-Length: 100\r\n\r\nhalf',
    'Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\n3\r\n',
  ]) {
    const service = await startBytes(context, () => `HTTP/1.1 200 OK\r\n${half}`, { closes: true })
    const { port } = await startProxy(context, { target: service })
    const response = await ask(port)
    assert.equal(response.statusCode, 200)
    await assert.rejects(text(response), { code: 'ECONNRESET' })
  }
})

test('a service that takes no connections is a 503 that says so and when to come back, also for uploads', async (context) => {
  const { port } = await startProxy(context, { target: await closedPort() })
  for (const request of [{}, { method: 'POST', body: 'x'.repeat(1024) }]) {
    const response = await ask(port, request)
    assert.equal(response.statusCode, 503)
    assert.equal(response.headers['retry-after'], '5')
    assert.equal(response.headers['x-robots-tag'], 'noindex, nofollow')
    assert.deepEqual(JSON.parse(await text(response)), {
      error: 'no answer',
      status: 'built',
      reason: 'Service web does not accept connections on its port.',
      environment: 'abcdefghij',
    })
  }
})

test('a service that speaks something else than HTTP is a 502', async (context) => {
  const service = await startBytes(context, () => 'SSH-2.0-OpenSSH_9\r\n')
  const { port } = await startProxy(context, { target: service })
  const response = await ask(port)
  assert.equal(response.statusCode, 502)
  assert.match(await text(response), /Service web answered with something that is not HTTP\./)
})

test('what two servers could read in two ways is refused', async (context) => {
  const seen: string[] = []
  const service = await startService(context, (request, response) => {
    seen.push(request.url ?? '')
    response.end()
  })
  const { port } = await startProxy(context, { target: service.port })
  const cases = {
    'length beside encoding': [
      'POST / HTTP/1.1',
      `Host: ${host}`,
      'Content-Length: 4',
      'Transfer-Encoding: chunked',
      '',
      '0',
      '',
      '',
    ],
    'two lengths': [
      'POST / HTTP/1.1',
      `Host: ${host}`,
      'Content-Length: 4',
      'Content-Length: 5',
      '',
      'abcde',
    ],
    'an encoding that is none': ['POST / HTTP/1.1', `Host: ${host}`, 'Transfer-Encoding: xchunked', '', ''],
    'two hosts': ['GET / HTTP/1.1', `Host: ${host}`, 'Host: qaack.example', 'Connection: close', '', ''],
    'no host': ['GET / HTTP/1.1', '', ''],
    'a folded header': ['GET / HTTP/1.1', `Host: ${host}`, 'X-A: b', ' c', '', ''],
    'a space before the colon': ['GET / HTTP/1.1', `Host: ${host}`, 'Content-Length : 0', '', ''],
  }
  for (const [name, lines] of Object.entries(cases)) {
    assert.match(await new Wire(port).send(...lines).all(), /^HTTP\/1\.1 400 /, name)
  }
  assert.deepEqual(seen, [])
})

test('headers that are too large are a 431', async (context) => {
  const { port } = await startProxy(context)
  const wire = new Wire(port).send('GET / HTTP/1.1', `Host: ${host}`, `X-A: ${'a'.repeat(64 * 1024)}`, '', '')
  assert.match(await wire.all(), /^HTTP\/1\.1 431 /)
})
