import { callerOf, isOurApp } from './callers.ts'
import { checkRoutes } from './checks.ts'
import { commentRoutes } from './comments.ts'
import { deploymentRoutes } from './deployments.ts'
import type { Answer } from './emulate.ts'
import { hookRoutes } from './hook-routes.ts'
import { installationRoutes } from './installation-routes.ts'
import { issueRoutes } from './issues.ts'
import { isObject, textAt } from './json.ts'
import { manifestRoutes } from './manifest.ts'
import { present } from './present.ts'
import { pullRoutes } from './pulls.ts'
import { reactionRoutes } from './reactions.ts'
import { refRoutes } from './ref-routes.ts'
import { fullName } from './repositories.ts'
import { repositoryRoutes } from './repository-routes.ts'
import { routeFor } from './routes.ts'
import { statusRoutes } from './statuses.ts'
import { answer, Refusal, type ApiRequest, type Caller, type Route, type World } from './world.ts'

const routes: Route[] = [
  ...hookRoutes,
  ...installationRoutes,
  ...manifestRoutes,
  ...deploymentRoutes,
  ...statusRoutes,
  ...reactionRoutes,
  ...commentRoutes,
  ...issueRoutes,
  ...checkRoutes,
  ...pullRoutes,
  ...refRoutes,
  ...repositoryRoutes,
]

export interface Asked {
  method: string
  path: string
  query: URLSearchParams
  body: unknown
  authorization: string
}

/** One request of the API: by a route of ours, else by emulate. Requests that change something go one by one. */
export async function answerApi(world: World, asked: Asked): Promise<Answer> {
  try {
    const caller = callerOf(world, asked.authorization)
    if (caller.kind === 'denied') throw new Refusal(401, 'Bad credentials')
    const moved = movedTo(world, asked)
    if (moved) return moved
    const work = () => handle(world, asked, caller)
    const got = await (asked.method === 'GET' ? work() : world.alone(work))
    return withHeaders(world, refusalAsGitHub(caller, got))
  } catch (error) {
    if (error instanceof Refusal) return withHeaders(world, answer(error.status, error.body))
    throw error
  }
}

/** Whether our app asked, so that a test may look at it. */
export function isOfApp(world: World, asked: Asked): boolean {
  return isOurApp(callerOf(world, asked.authorization)) || asked.path.startsWith('/app-manifests/')
}

async function handle(world: World, asked: Asked, caller: Caller): Promise<Answer> {
  const request: ApiRequest = {
    ...asked,
    world,
    caller,
    async pass(change = {}) {
      const path = `${change.path ?? asked.path}${asked.query.size > 0 ? `?${asked.query.toString()}` : ''}`
      const body = 'body' in change ? change.body : asked.body
      // emulate wants an object wherever it may read one
      const sent = asked.method === 'GET' || asked.method === 'DELETE' ? body : (body ?? {})
      const [to, what] = [world.commits.outward(path), world.commits.outward(sent)]
      // a person who looks all the time, as tests do, would use their 5,000 requests up
      const got = await (caller.kind === 'user'
        ? world.emulate.as(caller.login, asked.method, to, what)
        : world.emulate.forward(asked.method, to, asked.authorization, what))
      return { ...got, headers: kept(world, got.headers), body: present(world, got.body) }
    },
  }
  const route = routeFor(routes, asked.method, asked.path)
  return route ? route.handler(request, route.params) : request.pass()
}

/** An old name answers with the new one. */
function movedTo(world: World, { path, method }: Asked): Answer | undefined {
  const [, owner = '', name = '', rest = ''] = /^\/repos\/([^/]+)\/([^/]+)(.*)$/.exec(path) ?? []
  const found = world.repositories.byName(owner, name)
  if (!found || fullName(found).toLowerCase() === `${owner}/${name}`.toLowerCase()) return undefined
  const url = `${world.base}/api/v3/repos/${fullName(found)}${rest}`
  return answer(method === 'GET' ? 301 : 307, { message: 'Moved Permanently', url }, { location: url })
}

/** Emulate says "Forbidden" where GitHub tells an app that a permission is missing. */
function refusalAsGitHub(caller: Caller, got: Answer): Answer {
  if (caller.kind !== 'installation' || got.status !== 403 || textAt(got.body, 'message') !== 'Forbidden')
    return got
  const message = 'Resource not accessible by integration'
  return { ...got, body: { ...(isObject(got.body) ? got.body : {}), message } }
}

function kept(world: World, headers: Record<string, string>): Record<string, string> {
  const wanted = Object.entries(headers).filter(([name]) => name.startsWith('x-ratelimit') || name === 'link')
  return Object.fromEntries(wanted.map(([name, value]) => [name, pages(world, value)]))
}

function pages(world: World, link: string): string {
  return world.commits.inward(link).replaceAll(`<${world.base}/repos/`, `<${world.base}/api/v3/repos/`)
}

function withHeaders(world: World, got: Answer): Answer {
  const headers = {
    'x-github-media-type': 'github.v3; format=json',
    'x-ratelimit-limit': '5000',
    'x-ratelimit-remaining': '4999',
    'x-ratelimit-reset': String(Math.floor(Date.now() / 1000) + 3600),
    'x-github-request-id': `LOCAL:${world.nextId()}`,
  }
  return { ...got, headers: { ...headers, ...got.headers } }
}
