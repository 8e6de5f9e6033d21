import { QaackError } from '../errors.ts'
import type { App } from './app.ts'

/** Answers what no route answers: 405 with the methods where the path is known, else 404. Must come before the routes. */
export function refuseUnknownPaths(app: App): void {
  const routes: Route[] = []
  app.addHook('onRoute', ({ method, url }) => {
    for (const one of [method].flat()) routes.push({ method: one, pattern: patternOf(url) })
  })
  app.addHook('onRequest', async (request, reply) => {
    if (!request.is404) return
    const path = request.url.split('?', 1)[0] ?? ''
    const methods = methodsOf(routes, path)
    if (methods.length === 0)
      throw new QaackError('not_found', 'there is nothing at this path; see /api/openapi.json')
    reply.header('allow', methods.join(', '))
    throw new QaackError(
      'method_not_allowed',
      `${request.method} is not possible here; ${methods.join(', ')} ${methods.length === 1 ? 'is' : 'are'}`,
    )
  })
}

export interface Route {
  method: string
  pattern: RegExp
}

/** The methods that a path answers to, sorted; none if there is no such path. */
export function methodsOf(routes: Route[], path: string): string[] {
  const methods = routes.filter(({ pattern }) => pattern.test(path)).map(({ method }) => method)
  return [...new Set(methods)].sort()
}

/** A router's path such as `/api/group/:id`, as a pattern of whole paths. */
export function patternOf(url: string): RegExp {
  const parts = url
    .split('/')
    .map((part) => (part.startsWith(':') ? '[^/]+' : part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')))
  return new RegExp(`^${parts.join('/')}$`)
}
