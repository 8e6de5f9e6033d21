import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import { connect, type AddressInfo, type Server as NetServer, type Socket } from 'node:net'
import type { TestContext } from 'node:test'
import { systemClock, type Clock } from '../../../src/clock.ts'
import type { Config } from '../../../src/config/config.ts'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import { silentLogger } from '../../../src/logger.ts'
import { createProxyServer } from '../../../src/proxy/server.ts'
import { openStore } from '../../../src/stores/open.ts'
import type { Store } from '../../../src/stores/store.ts'
import { environment, id, service } from '../../unit/proxy/records.ts'

export const host = `${id}.qaack.example`

export interface Setting {
  port: number
  store: Store
  /** Saves the environment with these changes and resolves when it is kept. */
  change: (facts: Partial<EnvironmentRecord>) => Promise<void>
  close: (drainSeconds: number) => Promise<void>
}

/** A proxy on a free port before one environment, whose default service is at `target`. */
export async function startProxy(
  test: TestContext,
  facts: {
    target?: number
    clock?: Clock
    environment?: Partial<EnvironmentRecord>
    api?: RequestListener
  } = {},
): Promise<Setting> {
  const clock = facts.clock ?? systemClock
  const store = await openStore({ databaseUrl: 'sqlite::memory:', dataDir: '.', logger: silentLogger })
  const target = { host: '127.0.0.1', port: facts.target ?? 1 }
  const first = environment({ services: [service('web', { default: true, target })], ...facts.environment })
  await store.commit([{ insert: 'environment', record: first }])
  const config = {
    baseUrl: { scheme: 'http', domain: 'qaack.example', port: null },
    statePage: { title: 'Qaack', message: '' },
  } as Config
  const api: RequestListener = facts.api ?? ((request, response) => response.end(`api ${request.url}`))
  const proxy = await createProxyServer({ store, config, clock, logger: silentLogger, api })
  const port = await listen(proxy.server)
  test.after(async () => {
    await proxy.close(0)
    await store.close()
  })
  return {
    port,
    store,
    async change(changes) {
      const record = await store.get('environment', id)
      if (record) await store.commit([{ save: 'environment', record: { ...record, ...changes } }])
    },
    close: (seconds) => proxy.close(seconds),
  }
}

/** A service: an HTTP server on a free port. */
export async function startService(
  test: TestContext,
  listener: RequestListener,
): Promise<{ server: Server; port: number }> {
  const server = createServer(listener)
  const port = await listen(server)
  test.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return { server, port }
}

export async function listen(server: NetServer | Server): Promise<number> {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

/** A port that nobody listens at. */
export async function closedPort(): Promise<number> {
  const server = createServer()
  const port = await listen(server)
  server.close()
  await once(server, 'close')
  return port
}

/** A bare connection: bytes as they are, no client between. */
export class Wire {
  readonly socket: Socket
  readonly ended: Promise<void>
  #received = ''
  #look: () => void = () => undefined

  constructor(port: number) {
    this.socket = connect(port, '127.0.0.1')
    this.socket.setEncoding('latin1')
    this.socket.on('data', (text: string) => {
      this.#received += text
      this.#look()
    })
    this.socket.on('error', () => undefined)
    this.ended = new Promise((resolve) => this.socket.once('close', () => (this.#look(), resolve())))
  }

  send(...lines: string[]): this {
    this.socket.write(lines.join('\r\n'), 'latin1')
    return this
  }

  /** Resolves with everything received as soon as that matches; rejects if the connection ends before. */
  until(pattern: RegExp): Promise<string> {
    return new Promise((resolve, reject) => {
      this.#look = () => {
        if (pattern.test(this.#received)) resolve(this.#received)
        else if (this.socket.closed) reject(new Error(`ended with ${JSON.stringify(this.#received)}`))
      }
      this.#look()
    })
  }

  async all(): Promise<string> {
    await this.ended
    return this.#received
  }
}

/** A promise and its end, for a service and a test that wait for each other. */
export function signal(): { reached: Promise<void>; reach: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return { reached: promise, reach: resolve }
}
