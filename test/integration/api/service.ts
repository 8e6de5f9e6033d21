import { once } from 'node:events'
import { createServer } from 'node:http'
import { createApi, type Api } from '../../../src/api/api.ts'
import type { GithubDoor } from '../../../src/api/github-connect.ts'
import type { Clock } from '../../../src/clock.ts'
import type { Parts } from '../../../src/parts.ts'
import { FakeEngine } from '../../fakes/engine.ts'
import { hookInbox } from '../../fakes/hooks.ts'
import { makeParts } from '../../fakes/parts.ts'

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

export async function startApi(
  given: {
    clock?: Clock
    logger?: Parts['logger']
    settings?: Record<string, string>
    githubDoor?: GithubDoor
    /** Beside plain git. */
    hosts?: Parts['hosts']
  } = {},
): Promise<Service> {
  const engine = new FakeEngine()
  const { settings, githubDoor = closedDoor, hosts, ...more } = given
  const parts = await makeParts({ engine, ...more, settings: { adminToken, ...settings } })
  Object.assign(parts.hosts, hosts)
  const api = await createApi(parts, { adminToken, githubDoor, inbox: hookInbox(parts), github: () => null })
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
      await parts[Symbol.asyncDispose]()
    },
  }
}

/** Nobody connects GitHub here. */
const closedDoor: GithubDoor = {
  connection: () => null,
  connect: () => Promise.reject(new Error('nobody connects GitHub here')),
  disconnect: () => undefined,
}
