import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import type { IncomingMessage, Server } from 'node:http'
import type { Duplex } from 'node:stream'
import test from 'node:test'
import { closedPort, host, signal, startProxy, startService, Wire } from './setting.ts'

const upgrade = [
  'GET /socket?a=b HTTP/1.1',
  `Host: ${host}`,
  'Connection: keep-alive, Upgrade',
  'Upgrade: echo',
  '',
  '',
]

/** Agrees to every upgrade and hands over the connection. */
function agree(
  server: Server,
  then: (socket: Duplex, early: Buffer, request: IncomingMessage) => void,
): void {
  server.on('upgrade', (request, socket, early) => {
    socket.on('error', () => undefined)
    socket.write(
      ['HTTP/1.1 101 Switching Protocols', 'Connection: Upgrade', 'Upgrade: echo', 'X-Mine: 1', '', ''].join(
        '\r\n',
      ),
    )
    then(socket, early, request)
  })
}

test('a websocket handshake and its frames go through, in both directions', async (context) => {
  const service = await startService(context, (_, response) => response.end())
  service.server.on('upgrade', (request, socket) => {
    // A frame of one message of at most 125 bytes is all that is understood.
    const accept = createHash('sha1')
      .update(`${request.headers['sec-websocket-key']}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`)
      .digest('base64')
    socket.write(
      `HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\n\r\n`,
    )
    socket.on('data', (frame: Buffer) => {
      const mask = frame.subarray(2, 6)
      const message = frame.subarray(6).map((byte, index) => byte ^ (mask[index % 4] ?? 0))
      socket.end(Buffer.concat([Buffer.from([0x81, message.length]), message]))
    })
  })
  const { port } = await startProxy(context, { target: service.port })
  const wire = new Wire(port).send(
    'GET / HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    'Sec-WebSocket-Version: 13',
    '',
    '',
  )
  await wire.until(/Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n.*\r\n\r\n$/s)
  wire.socket.write(Buffer.from([0x81, 0x82, 1, 2, 3, 4, 'h'.charCodeAt(0) ^ 1, 'i'.charCodeAt(0) ^ 2]))
  assert.ok((await wire.all()).endsWith('\u0081\u0002hi'))
})

test('the service sees path, host and client; the client sees the headers of its answer', async (context) => {
  const service = await startService(context, (_, response) => response.end())
  const seen = Promise.withResolvers<IncomingMessage>()
  agree(service.server, (socket, _, request) => {
    seen.resolve(request)
    socket.end()
  })
  const { port } = await startProxy(context, { target: service.port })
  const answer = await new Wire(port).send(...upgrade).all()
  assert.match(answer, /^HTTP\/1\.1 101 Switching Protocols\r\n/)
  assert.match(answer, /\r\nX-Mine: 1\r\n[^]*Connection: Upgrade\r\nUpgrade: echo\r\n\r\n$/)
  const request = await seen.promise
  assert.equal(request.url, '/socket?a=b')
  assert.equal(request.headers.host, host)
  assert.equal(request.headers['x-forwarded-for'], '127.0.0.1')
})

test('what both sides send early arrives first', async (context) => {
  const service = await startService(context, (_, response) => response.end())
  agree(service.server, (socket, early) => {
    socket.write('welcome ')
    if (early.length > 0) socket.write(early)
    socket.pipe(socket)
  })
  const { port } = await startProxy(context, { target: service.port })
  const wire = new Wire(port).send(...upgrade.slice(0, -1), 'early ')
  await wire.until(/early $/)
  assert.match(await wire.send('late').until(/late$/), /\r\n\r\nwelcome early late$/)
})

test('a long stream to a slow reader ends whole, although its service has closed', async (context) => {
  const service = await startService(context, (_, response) => response.end())
  const size = 4 * 1024 * 1024
  agree(service.server, (socket) => socket.end('x'.repeat(size)))
  const { port } = await startProxy(context, { target: service.port })
  const wire = new Wire(port).send(...upgrade)
  const answer = await wire.all()
  assert.equal(answer.length - answer.indexOf('\r\n\r\n') - 4, size)
})

test('the end of one side is the end of the other', async (context) => {
  const service = await startService(context, (_, response) => response.end())
  const ended = signal()
  agree(service.server, (socket) => socket.on('end', ended.reach).resume())
  const { port } = await startProxy(context, { target: service.port })
  const wire = new Wire(port).send(...upgrade)
  await wire.until(/\r\n\r\n$/)
  wire.socket.destroy()
  await ended.reached
})

test('a client that leaves before the service has answered ends its request', async (context) => {
  const arrived = signal()
  const ended = signal()
  const service = await startService(context, (_, response) => response.end())
  service.server.on('upgrade', (_, socket) => {
    socket.on('error', () => undefined)
    socket.on('end', ended.reach).resume()
    arrived.reach()
  })
  const { port } = await startProxy(context, { target: service.port })
  const wire = new Wire(port).send(...upgrade)
  await arrived.reached
  wire.socket.destroy()
  await ended.reached
})

test('an upgrade that the service refuses gets its answer, also a long one', async (context) => {
  const body = 'no '.repeat(500_000)
  const service = await startService(context, (_, response) => response.end(body))
  const { port } = await startProxy(context, { target: service.port })
  const answer = await new Wire(port).send(...upgrade).all()
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n[^]*X-Robots-Tag: noindex, nofollow/)
  assert.ok(answer.includes(`Content-Length: ${body.length}`) && answer.endsWith(body))
})

test('a service that takes no connections is a 503 for an upgrade too', async (context) => {
  const { port } = await startProxy(context, { target: await closedPort() })
  const answer = await new Wire(port).send(...upgrade).all()
  assert.match(answer, /^HTTP\/1\.1 503 Service Unavailable\r\n[^]*does not accept connections/)
})

test('an upgrade is answered like any request where nothing can be upgraded', async (context) => {
  const service = await startService(context, (request, response) =>
    response.end(`plain ${request.headers.upgrade}`),
  )
  service.server.on('upgrade', (_, socket) => socket.destroy())
  const { port, change } = await startProxy(context, { target: service.port })
  const http2 = [
    'GET / HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade, HTTP2-Settings, close',
    'Upgrade: h2c',
    'HTTP2-Settings: x',
    '',
    '',
  ]
  assert.match(await new Wire(port).send(...http2).all(), /^HTTP\/1\.1 200 OK\r\n[^]*plain undefined/)
  const body = [
    'POST / HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade, close',
    'Upgrade: echo',
    'Content-Length: 1',
    '',
    'x',
  ]
  assert.match(await new Wire(port).send(...body).all(), /^HTTP\/1\.1 200 OK\r\n[^]*plain undefined/)
  const api = new Wire(port).send(
    'GET /x HTTP/1.1',
    'Host: qaack.example',
    'Connection: Upgrade, close',
    'Upgrade: echo',
    '',
    '',
  )
  assert.match(await api.all(), /^HTTP\/1\.1 200 OK\r\n[^]*api \/x/)
  await change({ state: 'building', serving: null })
  const waiting = new Wire(port).send(...upgrade)
  assert.match(await waiting.until(/\}\n$/), /^HTTP\/1\.1 503 [^]*"status":"building"/)
  waiting.socket.destroy()
  await once(waiting.socket, 'close')
})
