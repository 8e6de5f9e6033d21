import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi, type Api } from '../../../src/api/api.ts'
import { Background } from '../../../src/background.ts'
import { systemClock, type Clock } from '../../../src/clock.ts'
import type { Config } from '../../../src/config/config.ts'
import { createGitHost } from '../../../src/hosts/git/git-host.ts'
import { silentLogger } from '../../../src/logger.ts'
import type { Parts } from '../../../src/parts.ts'
import { createGit } from '../../../src/repositories/git.ts'
import { openStore } from '../../../src/stores/open.ts'
import { FakeEngine } from '../../fakes/engine.ts'

export const adminToken = 'admin-token-of-the-tests'

/** The API over a real store in memory and an engine that is none. */
export interface Service {
  parts: Parts
  engine: FakeEngine
  api: Api
  /** Calls it as the admin; the answer's body is parsed where it is JSON. */
  call(method: Method, url: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>
  /** Listens on loopback until the service is disposed, for what has to be seen on a socket. */
  listen(): Promise<string>
  [Symbol.asyncDispose](): Promise<void>
}

export type Method = 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE' | 'PATCH' | 'OPTIONS'

export interface Answer {
  status: number
  headers: Record<string, string | string[] | number | undefined>
  body: unknown
}

export async function startApi(given: { clock?: Clock; logger?: Parts['logger'] } = {}): Promise<Service> {
  const dataDir = mkdtempSync(join(tmpdir(), 'qaack-api-'))
  const { clock = systemClock, logger = silentLogger } = given
  const store = await openStore({ databaseUrl: 'sqlite::memory:', dataDir, logger })
  const engine = new FakeEngine()
  const parts: Parts = {
    config: configOf(dataDir),
    store,
    engine,
    clock,
    logger,
    git: createGit({ clock: systemClock, environment: process.env }),
    hosts: { generic: createGitHost() },
    instance: 'test',
    secretKey: 'secret-key-of-the-tests-0123456789abcdef',
    background: new Background(silentLogger),
  }
  const api = await createApi(parts, { adminToken })
  const server = createServer((request, response) => api.handle(request, response))
  return {
    parts,
    engine,
    api,
    async call(method, url, body, headers = { 'x-qaack-token': adminToken }) {
      const payload =
        body === undefined
          ? {}
          : { payload: JSON.stringify(body), headers: { ...headers, 'content-type': 'application/json' } }
      const answer = await api.inject({ method, url, headers, ...payload })
      const isJson = String(answer.headers['content-type']).includes('json')
      return {
        status: answer.statusCode,
        headers: answer.headers,
        body: isJson && answer.body !== '' ? (JSON.parse(answer.body) as unknown) : answer.body,
      }
    },
    async listen() {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
      const address = server.address()
      return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`
    },
    async [Symbol.asyncDispose]() {
      await api.close()
      server.close()
      server.closeAllConnections()
      await parts.background.drained()
      await store.close()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}

function configOf(dataDir: string): Config {
  return {
    host: '127.0.0.1',
    port: 3000,
    baseUrl: { scheme: 'http', domain: 'qaack.localhost', port: 3000 },
    dataDir,
    databaseUrl: 'sqlite::memory:',
    adminToken,
    secretKey: null,
    build: { slots: 2, timeout: 3600 },
    environment: { ttl: 0, idle: 0 },
    service: { memoryBytes: 2 ** 31, cpus: 2, pids: 4096 },
    network: { pool: '10.213.0.0/16' },
    log: { level: 'silent', pretty: false },
    statePage: { title: '', message: '' },
    github: null,
    gitlab: null,
    sources: {},
  }
}
