import type { CommitMap } from './commit-map.ts'
import type { Deliveries } from './deliveries.ts'
import type { Answer, Emulate } from './emulate.ts'
import type { Installation } from './installation.ts'
import type { Json } from './json.ts'
import type { Change, Deployment, Manifest, Reaction, Status } from './records.ts'
import type { Repositories } from './repositories.ts'
import type { Seed } from './seed.ts'

/** Everything that is kept in front of emulate, handed to each route. */
export interface World {
  /** `http://127.0.0.1:<port>`, without a slash at its end. */
  base: string
  seed: Seed
  emulate: Emulate
  /** Where the bare repositories are; gone after `close`. */
  folder: string
  repositories: Repositories
  commits: CommitMap
  changes: Map<string, Change>
  installation: Installation
  deliveries: Deliveries
  deployments: Deployment[]
  statuses: Status[]
  reactions: Reaction[]
  /** By the id of their check run. */
  annotations: Map<number, Json[]>
  manifest: Manifest
  /** Tokens that may be used, and who they stand for. */
  callers: Map<string, Caller>
  /** Gives ids to what is kept here: deployments, statuses, reactions, deliveries. */
  nextId(): number
  /** One change of state at a time, so that a webhook tells of exactly the state it was made in. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

/** Who asks. `denied` is a token that nobody has. */
export type Caller =
  | { kind: 'user'; login: string }
  | {
      kind: 'installation'
      login: string
      permissions: Record<string, string>
      /** Full ids of the repositories the token was made for; undefined = all of the installation. */
      only: number[] | undefined
      until: number
    }
  | { kind: 'app'; login: string }
  | { kind: 'anonymous' }
  | { kind: 'denied' }

export interface ApiRequest {
  world: World
  method: string
  /** Without the prefix /api/v3 and without the query. */
  path: string
  query: URLSearchParams
  body: unknown
  authorization: string
  caller: Caller
  /** Hands the request on to emulate as it is (`body` and `path` may be others), and gives its answer, with our ids. */
  pass(change?: { body?: unknown; path?: string }): Promise<Answer>
}

export type Handler = (request: ApiRequest, params: Record<string, string>) => Promise<Answer>

export type Route = [method: string, pattern: string, handler: Handler]

/** An answer that ends a request wherever it was noticed. */
export class Refusal extends Error {
  readonly status: number
  readonly body: unknown

  constructor(status: number, message: string, more: Record<string, unknown> = {}) {
    super(message)
    this.status = status
    this.body = {
      message,
      documentation_url: 'https://docs.github.com/rest',
      status: String(status),
      ...more,
    }
  }
}

export function answer(status: number, body?: unknown, headers: Record<string, string> = {}): Answer {
  return { status, headers, body }
}

/** GitHub's answer to a body it cannot work with. */
export function invalid(resource: string, field: string, more: Record<string, unknown> = {}): Refusal {
  return new Refusal(422, 'Validation Failed', { errors: [{ resource, field, code: 'invalid', ...more }] })
}

/** One page of a list, with the Link header that leads to the others. */
export function paged(request: ApiRequest, all: unknown[], wrap?: (page: unknown[]) => unknown): Answer {
  const size = Math.min(100, Number(request.query.get('per_page') ?? 30) || 30)
  const page = Number(request.query.get('page') ?? 1) || 1
  const items = all.slice((page - 1) * size, page * size)
  const last = Math.max(1, Math.ceil(all.length / size))
  const link = (to: number, rel: string) => {
    const query = new URLSearchParams(request.query)
    query.set('page', String(to))
    return `<${request.world.base}/api/v3${request.path}?${query.toString()}>; rel="${rel}"`
  }
  const links = [
    ...(page > 1 ? [link(page - 1, 'prev')] : []),
    ...(page < last ? [link(page + 1, 'next'), link(last, 'last')] : []),
  ]
  return answer(200, wrap ? wrap(items) : items, links.length > 0 ? { link: links.join(', ') } : {})
}
