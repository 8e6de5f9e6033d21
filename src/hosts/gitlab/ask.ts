import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import { HostFailure } from '../failure.ts'
import type { GitlabClient } from './client.ts'
import type { Me } from './me.ts'
import { toHostFailure } from './refusal.ts'

/** Somebody who may ask a GitLab. */
export interface Asker {
  client: GitlabClient
  clock: Clock
}

/** The same, about one project. */
export interface ProjectAsker extends Asker {
  /** As `/projects/:id` takes it: its number, or its path with `/` as `%2F`. */
  project: string
  /** Who we are there. HostFailure `refused` for a stranger. */
  me: () => Promise<Me>
}

export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE'

/** Names as GitLab has them, e.g. `per_page`. */
export interface Parameters {
  query?: Record<string, string | number | boolean>
  body?: Record<string, unknown>
}

/**
 * Asks GitLab once, e.g. `GET`, `projects/42/merge_requests/7`: a path below `/api/v4/`, its parts encoded. The answer is
 * checked to be what we read of it. Fails with HostFailure.
 */
export async function ask<T>(
  asker: Asker,
  method: Method,
  path: string,
  parameters: Parameters,
  answer: z.ZodType<T>,
): Promise<T> {
  try {
    return answer.parse((await request(asker, method, path, parameters)).body)
  } catch (error) {
    throw toHostFailure(error, `${method} ${path}`)
  }
}

/** Of a hundred items each: more than any list has that is asked for here. */
const mostPages = 1000

/** Each item of a list, page after page, as long as somebody wants more. Fails with HostFailure. */
export async function* each<T>(
  asker: Asker,
  path: string,
  query: NonNullable<Parameters['query']>,
  item: z.ZodType<T>,
): AsyncGenerator<T, void, void> {
  const items = z.array(item)
  let page: NonNullable<Parameters['query']> | null = { per_page: 100, ...query }
  try {
    for (let count = 0; page !== null; count += 1) {
      if (count === mostPages)
        throw new HostFailure('unavailable', `GitLab has no end of GET ${path}: ${mostPages} pages`)
      const { body, headers } = await request(asker, 'GET', path, { query: page })
      yield* items.parse(body)
      page = nextPage(page, headers)
    }
  } catch (error) {
    throw toHostFailure(error, `GET ${path}`)
  }
}

/** For answers of which nothing is read. */
export const anything = z.unknown()

function request(asker: Asker, method: Method, path: string, { query, body }: Parameters) {
  const { requester } = asker.client
  const options = { ...(query ? { searchParams: query } : {}), ...(body ? { body } : {}) }
  switch (method) {
    case 'GET':
      return requester.get(path, options)
    case 'POST':
      return requester.post(path, options)
    case 'PUT':
      return requester.put(path, options)
    case 'DELETE':
      return requester.delete(path, options)
  }
}

/** Where GitLab names the next page by its address, only what it asks for is taken: a proxy may have its host wrong. */
function nextPage(
  asked: Record<string, string | number | boolean>,
  headers: Record<string, string>,
): Record<string, string | number | boolean> | null {
  const link = /<([^>]*)>\s*;\s*rel="?next"?/.exec(headers['link'] ?? '')?.[1]
  if (link !== undefined) {
    const next = Object.fromEntries(new URL(link, 'http://gitlab').searchParams)
    return sameQuery(asked, next) ? null : next
  }
  const number = headers['x-next-page']
  if (number === undefined || !/^\d+$/.test(number) || String(asked['page']) === number) return null
  return { ...asked, page: number }
}

/** A GitLab that sends us round in a circle. */
function sameQuery(one: object, other: object): boolean {
  const text = (query: object) =>
    JSON.stringify(
      Object.entries(query)
        .map(([name, value]) => [name, String(value)])
        .sort(),
    )
  return text(one) === text(other)
}
