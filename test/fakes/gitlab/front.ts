import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { faultSource, type FaultKind } from '../../../src/demo/github/faults.ts'
import { answerApi, bodyOf, callerOf } from './api.ts'
import { gitPath, serveGit } from './git.ts'
import type { Answer, World } from './world.ts'

/** One API request of qaack-bot. */
export interface GitlabRequest {
  method: string
  /** Below /api/v4, as given, without the query. */
  path: string
  /** `per_page=100&page=2`, or ''. */
  query: string
  /** What was sent, read; undefined without a body. */
  body: unknown
  /** What came back; 0 while, or if, nothing did. */
  status: number
  /** The body that came back. */
  answer: unknown
  fault: FaultKind | undefined
}

/** The same seed disturbs the same of the requests, counted from when it was set. */
export interface GitlabFaults {
  seed: number
  /** Which part of the requests, 0 to 1. */
  share: number
}

/** The last two do the work: one says so late, the other not at all. */
const kinds: FaultKind[] = ['too-many-requests', 'bad-gateway', 'hang', 'done-then-hang', 'done-then-drop']
const slow = 1500

export interface Front {
  requests: GitlabRequest[]
  setFaults(faults: GitlabFaults | undefined): void
}

/** Git and the API, from now on behind `server`. `disturbed` is who meets faults, and whose requests are written down. */
export function makeFront(world: World, server: Server, disturbed: string): Front {
  const requests: GitlabRequest[] = []
  let faultOf: (request: { method: string; path: string }) => FaultKind | undefined = () => undefined
  // whoever is asked when it has much else to do must not close what is just being used again
  server.keepAliveTimeout = 0
  server.on('request', (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return response.destroy()
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
      write(response, { status: 500, body: { message: `500 Internal Server Error: ${message}` } })
    })
  })

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', world.base)
    const place = gitPath(url.pathname)
    if (place) return serveGit(world, request, response, url, place)
    if (!url.pathname.startsWith('/api/v4/')) return void response.writeHead(404).end('Not found\n')
    await serveApi(request, response, url)
  }

  async function serveApi(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const text = await textOf(request)
    const path = url.pathname.slice('/api/v4'.length)
    const method = request.method ?? 'GET'
    const asked = { method, path, query: url.searchParams, headers: request.headers, text }
    const caller = callerOf(world, asked)
    const isOurs = typeof caller === 'object' && caller.username === disturbed
    if (!isOurs) return write(response, await answerApi(world, asked))

    const fault = faultOf({ method, path })
    const body = text === '' ? undefined : bodyOf(asked)
    const query = url.searchParams.toString()
    const record: GitlabRequest = { method, path, query, body, status: 0, answer: undefined, fault }
    requests.push(record)
    if (fault === 'hang') return cutLater(response)
    const answer = instead(fault) ?? (await answerApi(world, asked))
    if (fault === 'done-then-drop') return void response.destroy()
    if (fault === 'done-then-hang') await later()
    record.status = answer.status
    record.answer = answer.body
    write(response, answer)
  }

  return {
    requests,
    setFaults: (faults) => (faultOf = faults ? faultSource({ ...faults, kinds }) : () => undefined),
  }
}

/** What comes in place of an answer, with nothing done. */
function instead(fault: FaultKind | undefined): Answer | undefined {
  if (fault === 'too-many-requests') {
    const reset = String(Math.ceil(Date.now() / 1000) + 1)
    const limits = { 'ratelimit-limit': '60', 'ratelimit-observed': '61', 'ratelimit-remaining': '0' }
    const headers = { ...limits, 'ratelimit-reset': reset, 'retry-after': '1' }
    return { status: 429, body: 'Retry later\n', headers }
  }
  if (fault === 'bad-gateway')
    return { status: 502, body: '<html><body>GitLab is not responding</body></html>\n' }
  return undefined
}

function cutLater(response: ServerResponse): void {
  setTimeout(() => response.destroy(), slow).unref()
}

function later(): Promise<void> {
  return new Promise((resolve) => void setTimeout(resolve, slow).unref())
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function write(response: ServerResponse, { status, headers, body }: Answer): void {
  if (response.destroyed) return
  if (body === undefined) return void response.writeHead(status, headers).end()
  const isText = typeof body === 'string'
  const type = isText ? (body.startsWith('<') ? 'text/html' : 'text/plain') : 'application/json'
  response.writeHead(status, { ...headers, 'content-type': type })
  response.end(isText ? body : JSON.stringify(body))
}
