import { createServer as createHttpServer, Agent, request as send } from 'node:http'
import { createServer as createNetServer, type Server } from 'node:net'
import { systemClock } from '../clock.ts'
import type { Config } from '../config/config.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { createLogger } from '../logger.ts'
import { createProxyServer } from '../proxy/server.ts'
import { openStore } from '../stores/open.ts'

/** Run as a process of its own: `proxy-process.ts service|plain|qaack PORT [SERVICE'S PORT] [DATA DIRECTORY]`. */
const [role, port, servicePort, dataDir] = process.argv.slice(2)
const roles: Record<string, () => Server | Promise<Server>> = {
  service,
  plain: () => plain(Number(servicePort)),
  qaack: () => qaack(Number(servicePort), dataDir ?? '.'),
}
const server = await roles[role ?? '']?.()
server?.listen(Number(port), '127.0.0.1')

/** Answers every request with the same bytes, with as little work as Node can do, so that it is not what is measured. */
function service(): Server {
  const body = 'a short answer, as small as answers get\n'
  const head = `HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nDate: Sat, 01 Jan 2028 00:00:00 GMT\r\nContent-Length: ${body.length}\r\n\r\n`
  const answer = Buffer.from(head + body)
  return createNetServer({ noDelay: true }, (socket) => {
    socket.on('error', () => undefined)
    socket.on('data', (chunk) => {
      for (let end = chunk.indexOf('\r\n\r\n'); end >= 0; end = chunk.indexOf('\r\n\r\n', end + 4))
        socket.write(answer)
    })
  })
}

/** The proxy that everyone writes first. */
function plain(target: number): Server {
  const agent = new Agent({ keepAlive: true })
  return createHttpServer((request, response) => {
    const { method, url: path, headers } = request
    const onward = send({ agent, host: '127.0.0.1', port: target, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    onward.on('error', () => response.destroy())
    request.pipe(onward)
  })
}

/** Ours with all that it does in production: a store on disk, the table of environments, the log. */
async function qaack(target: number, directory: string): Promise<Server> {
  const logger = createLogger({ level: 'info', pretty: false })
  const store = await openStore({ databaseUrl: 'sqlite:qaack.db', dataDir: directory, logger })
  await store.commit([{ insert: 'environment', record: environmentAt(target) }])
  const config = {
    baseUrl: { scheme: 'http', domain: 'qaack.localhost', port: null },
    statePage: { title: 'Qaack', message: '' },
  } as Config
  const proxy = await createProxyServer({
    store,
    config,
    clock: systemClock,
    logger,
    api: (_, response) => response.end(),
  })
  return proxy.server
}

function environmentAt(port: number): EnvironmentRecord {
  const hash = 'c'.repeat(40)
  const web = {
    id: 'web',
    generation: 1,
    name: 'web',
    default: true,
    image: '',
    port,
    aliases: [],
    locked: false,
    state: 'ready',
    containerId: null,
  } as const
  return {
    id: 'abcdefghij',
    version: 0,
    repositoryId: '',
    ref: { type: 'branch', name: 'main', hash },
    name: null,
    state: 'built',
    reason: '',
    ttl: 0,
    createdAt: 0,
    builtAt: 0,
    buildDuration: 0,
    expiresAt: null,
    generation: 1,
    serving: { hash, stale: false },
    aliases: {},
    services: [{ ...web, aliases: [], target: { host: '127.0.0.1', port } }],
    subnet: null,
    networkGeneration: null,
    standing: null,
    reusable: { used: null, saved: [], why: '' },
    knownAt: 0,
    next: null,
    superseded: 0,
    builds: 0,
    createdFrom: null,
  }
}
