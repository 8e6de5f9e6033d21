import type { Answer, Asked } from './world.ts'

/** Method, path with `:names`, and who answers it. */
export type Route = [method: string, pattern: string, handle: (asked: Asked) => Answer | Promise<Answer>]

/** The route of a request and what stands for the names in its path; undefined if there is none. */
export function routeOf(
  routes: Route[],
  method: string,
  path: string,
): { handle: Route[2]; params: Record<string, string> } | undefined {
  // a full path of a project is one part: its slashes come encoded
  const parts = path.split('/').map(decoded)
  for (const [wanted, pattern, handle] of routes) {
    if (wanted !== method) continue
    const params = paramsOf(pattern.split('/'), parts)
    if (params) return { handle, params }
  }
  return undefined
}

function paramsOf(pattern: string[], parts: string[]): Record<string, string> | undefined {
  if (pattern.length !== parts.length) return undefined
  const params: Record<string, string> = {}
  for (const [index, part] of pattern.entries()) {
    const given = parts[index] ?? ''
    if (part.startsWith(':')) params[part.slice(1)] = given
    else if (part !== given) return undefined
  }
  return params
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return part
  }
}
