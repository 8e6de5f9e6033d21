import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { answerApi, isOfApp, type Asked } from './api.ts'
import type { Answer } from './emulate.ts'
import { faultAnswer, faultSource, type FaultKind, type Faults } from './faults.ts'
import { gitPath, serveGit } from './git-http.ts'
import { setInstalled } from './installation-routes.ts'
import { parseJson } from './json.ts'
import { registrationPage } from './manifest.ts'
import type { World } from './world.ts'

/** One request that our app made. */
export interface AppRequest {
  method: string
  /** As given, without the prefix /api/v3 and without the query. */
  path: string
  /** `per_page=100&page=2`, or ''. */
  query: string
  /** Parsed JSON; undefined without a body. */
  body: unknown
  /** What was answered; 0 for a request that never got an answer. */
  status: number
  fault: FaultKind | undefined
}

export interface Front {
  server: Server
  requests: AppRequest[]
  setFaults(faults: Faults | undefined): void
}

/** The door: git, the few pages, and the API with and without its prefix, from now on behind `server`. */
export function makeFront(world: World, server: Server): Front {
  const requests: AppRequest[] = []
  let faultOf: (request: { method: string; path: string }) => FaultKind | undefined = () => undefined
  server.on('request', (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (response.headersSent || response.destroyed) return response.destroy()
      const message = error instanceof Error ? (error.stack ?? error.message) : String(error)
      writeAnswer(response, {
        status: 500,
        headers: {},
        body: { message: `The local GitHub failed: ${message}` },
      })
    })
  })
  // hanging is one of the faults
  server.requestTimeout = 0
  // whoever is asked when it has much else to do must not close what is just being used again
  server.keepAliveTimeout = 0

  async function serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', world.base)
    const place = gitPath(url.pathname)
    if (place) return serveGit(world, request, response, url, place)
    const text = await textOf(request)
    if (await servePage(world, url, text, response)) return
    await serveApi(response, {
      method: request.method ?? 'GET',
      path: url.pathname.replace(/^\/api\/v3(?=\/)/, ''),
      query: url.searchParams,
      body: parseJson(text),
      authorization: request.headers.authorization ?? '',
    })
  }

  async function serveApi(response: ServerResponse, asked: Asked): Promise<void> {
    if (!isOfApp(world, asked)) return writeAnswer(response, await answerApi(world, asked))
    const { method, path, query, body } = asked
    // the first steps of a new app are never disturbed
    const fault = path.startsWith('/app-manifests/') ? undefined : faultOf({ method, path })
    const record: AppRequest = { method, path, query: query.toString(), body, status: 0, fault }
    requests.push(record)
    if (fault === 'hang') return
    const said = fault && faultAnswer(fault, Date.now())
    const got = said ?? (await answerApi(world, asked))
    if (fault === 'done-then-hang') return
    if (fault === 'done-then-drop') return void response.destroy()
    record.status = got.status
    writeAnswer(response, got)
  }

  return {
    server,
    requests,
    setFaults: (faults) => (faultOf = faults ? faultSource(faults) : () => undefined),
  }
}

/** Registering an app, and installing it: what a person clicks through. */
async function servePage(world: World, url: URL, form: string, response: ServerResponse): Promise<boolean> {
  const page = registrationPage(world, url.pathname, url.searchParams, form)
  if (page) {
    response.writeHead(page.status, page.headers).end(page.body)
    return true
  }
  const { slug } = world.seed.app
  if (!new RegExp(`^/(github-)?apps/${slug}/installations/new$`).test(url.pathname)) return false
  await world.alone(() => setInstalled(world, true, 'ada'))
  response
    .writeHead(200, { 'content-type': 'text/plain' })
    .end(`${slug} is installed for ${world.seed.organisation}.\n`)
  return true
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}

function writeAnswer(response: ServerResponse, { status, headers, body }: Answer): void {
  const empty = status === 204 || body === undefined || body === null
  response.writeHead(status, {
    ...headers,
    ...(!empty && { 'content-type': 'application/json; charset=utf-8' }),
  })
  response.end(empty ? undefined : JSON.stringify(body))
}
