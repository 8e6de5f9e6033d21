import { changeKey } from './changes.ts'
import type { Change } from './records.ts'
import type { Repository } from './repositories.ts'
import { Refusal, type ApiRequest, type Handler, type Route, type World } from './world.ts'

/** The first route that fits, with what its pattern names. `:name` is one part of a path, `:name+` is one or more. */
export function routeFor(
  routes: Route[],
  method: string,
  path: string,
): { handler: Handler; params: Record<string, string> } | undefined {
  for (const [wanted, pattern, handler] of routes) {
    if (wanted !== method) continue
    const params = match(pattern, path)
    if (params) return { handler, params }
  }
  return undefined
}

/** The repository of the path, or GitHub's "Not Found". */
export function repositoryOf(request: ApiRequest, params: Record<string, string>): Repository {
  const found = request.world.repositories.byName(params.owner ?? '', params.repo ?? '')
  if (!found) throw new Refusal(404, 'Not Found')
  return found
}

export function changeOf(world: World, repository: Repository, params: Record<string, string>): Change {
  const change = world.changes.get(changeKey(repository.id, Number(params.number)))
  if (!change) throw new Refusal(404, 'Not Found')
  return change
}

function match(pattern: string, path: string): Record<string, string> | undefined {
  const source = pattern.replace(/:(\w+)(\+?)/g, (_, name: string, many: string) =>
    many ? `(?<${name}>.+)` : `(?<${name}>[^/]+)`,
  )
  const groups = new RegExp(`^${source}$`).exec(path)?.groups
  if (!groups && !new RegExp(`^${source}$`).test(path)) return undefined
  return Object.fromEntries(
    Object.entries(groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]),
  )
}
