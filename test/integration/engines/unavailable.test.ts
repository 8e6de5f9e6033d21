import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, describe, test } from 'node:test'
import { createDockerEngine } from '../../../src/engines/docker/docker-engine.ts'
import { ManualClock } from '../../fakes/clock.ts'

/** Time goes on only where a place has been asked and is silent, so that one that answers is never too late. */
describe('an engine that is not there', () => {
  let folder: string
  const servers: Server[] = []
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qaack-engine-'))
  })
  after(() => rm(folder, { recursive: true, force: true }))
  afterEach(() => servers.splice(0).forEach((server) => server.close()))

  const at = async (name: string, server: Server): Promise<string> => {
    servers.push(server)
    const path = join(folder, name)
    await new Promise<void>((resolve) => server.listen(path, resolve))
    return path
  }

  test('is named with every place that was tried and what to do', async () => {
    const engine = createDockerEngine({ candidates: [join(folder, 'a.sock'), join(folder, 'b.sock')] })
    await assert.rejects(engine.info(), {
      code: 'engine_unavailable',
      message:
        /a\.sock \(there is no such socket\).*b\.sock \(there is no such socket\); start the engine, or set DOCKER_HOST/,
    })
  })

  test('at an address that is none is a wrong setting', async () => {
    await assert.rejects(createDockerEngine({ dockerHost: 'ftp://engine' }).info(), {
      code: 'invalid_config',
      path: 'DOCKER_HOST',
    })
  })

  test('at a machine that refuses is unavailable', async () => {
    await assert.rejects(createDockerEngine({ dockerHost: 'tcp://127.0.0.1:1' }).info(), {
      code: 'engine_unavailable',
      message: /nothing listens there/,
    })
  })

  test('that takes connections and says nothing does not hold anybody', async () => {
    const clock = new ManualClock()
    const socket = await at('silent.sock', silentFor(clock, 5000))
    const engine = createDockerEngine({ candidates: [socket], clock })
    await assert.rejects(engine.info(), { code: 'engine_unavailable', message: /no answer in 5 s/ })
  })

  test('that answers once and then no more does not hold anybody', async () => {
    const clock = new ManualClock()
    const server = createHttpServer((request, response) => {
      if (request.url === '/_ping') response.end('OK')
      else void clock.advance(60_000)
    })
    const engine = createDockerEngine({ candidates: [await at('stuck.sock', server)], clock })
    await assert.rejects(engine.list({}), {
      code: 'engine_unavailable',
      message: /did not answer in 60 s when asked to list/,
    })
    server.closeAllConnections()
  })

  test('is found when it comes back', async () => {
    const path = join(folder, 'late.sock')
    const engine = createDockerEngine({ candidates: [path], clock: new ManualClock() })
    await assert.rejects(engine.list({}), { code: 'engine_unavailable' })
    const server = createHttpServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(
        request.url === '/_ping' ? '"OK"' : request.url?.startsWith('/volumes') ? '{"Volumes":null}' : '[]',
      )
    })
    await at('late.sock', server)
    assert.deepEqual(await engine.list({}), [])
    server.closeAllConnections()
  })

  test('the second of several places is used where the first is silent', async () => {
    const clock = new ManualClock()
    const silent = await at('first.sock', silentFor(clock, 5000))
    const server = createHttpServer((request, response) => {
      response.setHeader('content-type', 'application/json')
      response.end(request.url?.startsWith('/volumes') ? '{"Volumes":null}' : '[]')
    })
    const engine = createDockerEngine({ candidates: [silent, await at('second.sock', server)], clock })
    assert.deepEqual(await engine.list({}), [])
    server.closeAllConnections()
  })

  test('events begin again after the line broke, and nothing is told twice or left out', async () => {
    const asked: string[] = []
    const server = createHttpServer((request, response) => {
      const path = request.url ?? ''
      if (!path.startsWith('/events')) return void response.writeHead(path === '/_ping' ? 200 : 500).end('{}')
      asked.push(new URL(path, 'http://engine').searchParams.get('since') ?? '')
      const at = 1_800_000_000_000_000_000n + BigInt(asked.length)
      const event = {
        Action: 'die',
        Actor: { ID: `c${asked.length}`, Attributes: { exitCode: '1', 'qaack.service': 'web' } },
      }
      response.write(`${JSON.stringify(event).slice(0, -1)},"timeNano":${at}}\n`)
      setImmediate(() => response.destroy())
    })
    const stop = new AbortController()
    const clock = Object.assign(new ManualClock(), { sleep: () => Promise.resolve() })
    const engine = createDockerEngine({ candidates: [await at('events.sock', server)], clock })
    const heard: string[] = []
    for await (const event of engine.events(stop.signal)) {
      heard.push(`${event.kind} ${event.containerId} ${event.exitCode} ${event.labels['qaack.service']}`)
      if (heard.length === 3) stop.abort()
    }
    assert.deepEqual(heard, ['died c1 1 web', 'died c2 1 web', 'died c3 1 web'])
    assert.match(asked[1] ?? '', /^1800000000\.\d{9}$/)
    server.closeAllConnections()
  })
})

/** Takes connections and says nothing; to whom it does that, `milliseconds` go by. */
function silentFor(clock: ManualClock, milliseconds: number): Server {
  return createServer(() => void clock.advance(milliseconds))
}
