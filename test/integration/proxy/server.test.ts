import assert from 'node:assert/strict'
import test from 'node:test'
import { ManualClock } from '../../fakes/clock.ts'
import { host, signal, startProxy, startService, Wire } from './setting.ts'

const get = ['GET / HTTP/1.1', `Host: ${host}`, '', '']

test('closing lets a request end and takes no new connection', async (context) => {
  const arrived = signal()
  const go = signal()
  const service = await startService(context, (_, response) => {
    arrived.reach()
    void go.reached.then(() => response.end('whole'))
  })
  const clock = new ManualClock()
  const { port, close } = await startProxy(context, { target: service.port, clock })
  const wire = new Wire(port).send(...get)
  await arrived.reached
  const closed = close(10)
  await assert.rejects(new Wire(port).send(...get).until(/HTTP/))
  go.reach()
  assert.match(await wire.until(/whole/), /^HTTP\/1\.1 200 OK/)
  await clock.advance(100)
  await closed
})

test('closing cuts a request that does not end in time', async (context) => {
  const arrived = signal()
  const service = await startService(context, arrived.reach)
  const clock = new ManualClock()
  const { port, close } = await startProxy(context, { target: service.port, clock })
  const wire = new Wire(port).send(...get)
  await arrived.reached
  const closed = close(10)
  await clock.advance(10_000)
  await closed
  assert.equal(await wire.all(), '')
})

test('closing does not wait for idle connections, state pages and upgraded connections', async (context) => {
  const service = await startService(context, (_, response) => response.end('ok'))
  service.server.on('upgrade', (_, socket) => {
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: x\r\n\r\n')
    socket.pipe(socket)
  })
  const { port, change, close } = await startProxy(context, { target: service.port })
  const idle = new Wire(port).send(...get)
  await idle.until(/ok$/)
  const upgraded = new Wire(port).send(
    'GET / HTTP/1.1',
    `Host: ${host}`,
    'Connection: Upgrade',
    'Upgrade: x',
    '',
    '',
  )
  await upgraded.until(/\r\n\r\n$/)
  await change({ state: 'building' })
  const page = new Wire(port).send('GET /.qaack/live HTTP/1.1', `Host: ${host}`, '', '')
  await page.until(/retry/)
  await close(600)
  await Promise.all([idle.ended, upgraded.ended, page.ended])
})

test('closing twice is closing once', async (context) => {
  const { close } = await startProxy(context)
  await Promise.all([close(0), close(5)])
})

test('a request that makes us fail ends alone', async (context) => {
  const api = () => {
    throw new Error('not foreseen')
  }
  const { port } = await startProxy(context, { api, environment: { state: 'building' } })
  assert.equal(await new Wire(port).send('GET / HTTP/1.1', 'Host: qaack.example', '', '').all(), '')
  assert.match(await new Wire(port).send(...get).until(/building/), /^HTTP\/1\.1 503 /)
})
