import { isObject, parseJson, type Json } from '../../../src/demo/github/json.ts'
import { deploymentRoutes } from './deployments.ts'
import { environmentRoutes } from './environments.ts'
import { hookRoutes } from './hooks.ts'
import { mergeRequestRoutes } from './merge-requests.ts'
import { noteRoutes } from './notes.ts'
import { peopleRoutes } from './people.ts'
import { projectRoutes } from './projects.ts'
import { routeOf, type Route } from './routes.ts'
import { statusRoutes } from './statuses.ts'
import { Refusal, type Account, type Answer, type World } from './world.ts'

/** A request as it came, without its answer. */
export interface Request {
  method: string
  /** Below /api/v4, as given: with what is encoded in it. */
  path: string
  query: URLSearchParams
  headers: Record<string, string | string[] | undefined>
  text: string
}

const routes: Route[] = [
  ...peopleRoutes,
  ...projectRoutes,
  ...hookRoutes,
  ...mergeRequestRoutes,
  ...noteRoutes,
  ...statusRoutes,
  ...environmentRoutes,
  ...deploymentRoutes,
]

/** Answers a request of the API; all refusals are answers. */
export async function answerApi(world: World, request: Request): Promise<Answer> {
  const caller = callerOf(world, request)
  if (caller === 'wrong') return { status: 401, body: { message: '401 Unauthorized' } }
  const route = routeOf(routes, request.method, request.path)
  if (!route) return { status: 404, body: { error: '404 Not Found' } }
  const { method, path, query } = request
  const fields = { ...Object.fromEntries(query), ...bodyOf(request) }
  const asked = { world, method, path, query, fields, params: route.params, account: caller }
  try {
    return await world.alone(() => Promise.resolve().then(() => route.handle(asked)))
  } catch (error) {
    if (error instanceof Refusal) return { status: error.status, body: error.body }
    throw error
  }
}

/** Whose token came with it; undefined without one. */
export function callerOf(world: World, { headers, query }: Request): Account | 'wrong' | undefined {
  const bearer = /^bearer\s+(.+)$/i.exec(String(headers.authorization ?? ''))?.[1]
  const token = headers['private-token'] ?? bearer ?? query.get('private_token')
  if (token === undefined || token === null || token === '') return undefined
  return world.accounts.find((account) => account.token === token) ?? 'wrong'
}

/** What a request sent, as JSON or as a form. */
export function bodyOf({ headers, text }: Pick<Request, 'headers' | 'text'>): Json {
  const type = String(headers['content-type'] ?? '')
  if (type.startsWith('application/x-www-form-urlencoded'))
    return Object.fromEntries(new URLSearchParams(text))
  const body = parseJson(text)
  return isObject(body) ? body : {}
}
