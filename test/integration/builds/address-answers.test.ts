import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { test, type TestContext } from 'node:test'
import { openHouse } from '../environments/house.ts'

const file = (ready: string) => `
services:
  web: {image: web, default: true, port: 3000${ready}}
  other: {image: other, port: 4000, ready: {command: "true"}}
`

async function portOf(t: TestContext, server: Server): Promise<number> {
  const sockets = new Set<Socket>()
  server.on('connection', (socket: Socket) => sockets.add(socket))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return (server.address() as AddressInfo).port
}

/** Builds with a web service that is really there, on a port of this machine. */
async function build(
  t: TestContext,
  server: Server,
  { ready = '', asked = () => false }: { ready?: string; asked?: () => boolean } = {},
) {
  const port = await portOf(t, server)
  await using house = await openHouse(file(ready), {
    engine: { publish: ({ name }) => (name.endsWith('web') ? port : undefined) },
  })
  await house.create()
  await house.untilSo(
    ({ state }) => state === 'built' || state === 'failed' || (state === 'building' && asked()),
    'asked',
  )
  // Real requests run beside the clock: it moves on in steps, in which they are noticed.
  while ((await house.environment()).state === 'building') await house.clock.advance(1000)
  const environment = await house.environment()
  const [made] = await house.builds()
  const { text: log } = await house.parts.store.readLog(made?.id ?? '')
  return { environment, log, host: `${house.id}.qaack.localhost:3000` }
}

function answering(listener: RequestListener) {
  const seen: { method: string; url: string; host: string; proto: string }[] = []
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request
    seen.push({ method, url, host: headers.host ?? '', proto: String(headers['x-forwarded-proto']) })
    listener(request, response)
  })
  return { server, seen }
}

for (const status of [200, 302, 404, 503]) {
  test(`an address that answers ${status} answers, and the log says so`, async (t) => {
    const { server, seen } = answering((_, response) => response.writeHead(status).end('…'))
    const { environment, log, host } = await build(t, server)
    assert.equal(environment.state, 'built', environment.reason)
    assert.match(log, new RegExp(`==> web answered ${status} after \\d+\\.\\d s\\n==> ready after`))
    assert.deepEqual(seen, [{ method: 'GET', url: '/', host, proto: 'http' }])
  })
}

test('a service that needs some tries is given them', async (t) => {
  let tries = 0
  const { server } = answering((request, response) => {
    tries += 1
    if (tries < 3) request.socket.destroy()
    else response.end('at last')
  })
  const { environment, log } = await build(t, server)
  assert.equal(environment.state, 'built', environment.reason)
  assert.match(log, /web answered 200/)
})

test('a service that takes connections but never answers fails the build within its time, with what to do', async (t) => {
  const { server, seen } = answering(() => undefined)
  const { environment } = await build(t, server, { asked: () => seen.length > 0 })
  assert.equal(environment.state, 'failed')
  assert.equal(
    environment.reason,
    'the default service web does not answer HTTP on port 3000 (no answer within 30 s), tried for 60 s; ' +
      'correct it, or write when it is ready: ready: {path: /, timeout: 300} gives it more time, ' +
      'ready: {tcp: 3000} lets it speak something else',
  )
  assert.equal(seen.length, 2)
})

test('a service that speaks something else is told apart', async (t) => {
  let connections = 0
  const server = createTcpServer((socket) => {
    connections += 1
    socket.on('error', () => undefined).write('220 mail.example ESMTP\r\n')
  })
  const { environment } = await build(t, server, { asked: () => connections > 1 })
  assert.match(environment.reason, /port 3000 \(what it says is not HTTP\)/)
})

for (const ready of ['{tcp: 3000}', '{command: "true"}']) {
  test(`a service that is ready by ${ready} of its own file is not asked`, async (t) => {
    const { server, seen } = answering(() => undefined)
    const { environment, log } = await build(t, server, { ready: `, ready: ${ready}` })
    assert.equal(environment.state, 'built', environment.reason)
    assert.doesNotMatch(log, /web answered/)
    assert.deepEqual(seen, [])
  })
}
