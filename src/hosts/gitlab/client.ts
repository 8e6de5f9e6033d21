import type { Projects } from '@gitbeaker/rest'
import type { Clock } from '../../clock.ts'
import { HostFailure } from '../failure.ts'
import { failureOf, type Refusal } from './refusal.ts'

/** As Gitbeaker's resources have it: one for each GitLab and token. */
export type GitlabClient = Pick<Projects, 'requester'>

export interface ClientParts {
  clock: Clock
  /** How requests leave this process. */
  fetch?: typeof fetch
}

type Options = ConstructorParameters<typeof Projects>[0]
type Requester = Projects['requester']
type Resource = Parameters<NonNullable<Options['requesterFn']>>[0]
type Wish = NonNullable<Parameters<Requester['get']>[1]>

const secondsPerRequest = 20
const mostRedirects = 3
/** A page of a hundred notes of the longest kind. */
const mostMebibytes = 128

/**
 * Gitbeaker for one GitLab, made to ask once: whoever calls knows whether the answer is still wanted later. Without a token
 * as a stranger, who sees what is public. Each request fails with HostFailure.
 */
export async function createClient(
  parts: ClientParts,
  instance: string,
  token: string | undefined,
): Promise<GitlabClient> {
  // Loaded when there is something to do with a GitLab only.
  const { Projects: Resources } = await import('@gitbeaker/rest')
  const requesterFn = (resource: Resource) => createRequester(parts, resource)
  return new Resources({ host: instance, requesterFn, ...(token === undefined ? {} : { token }) })
}

/** In place of Gitbeaker's own, which asks ten times, waits for minutes, and follows redirects with the token. */
function createRequester(parts: ClientParts, resource: Resource): Requester {
  const by = (method: string) => (endpoint: string, wish?: Wish) =>
    send(parts, resource, method, endpoint, wish)
  const all = { get: by('GET'), post: by('POST'), put: by('PUT'), patch: by('PATCH'), delete: by('DELETE') }
  // Gitbeaker says of each answer what it hopes for; we read them with schemas.
  return all as Requester
}

async function send(
  parts: ClientParts,
  resource: Resource,
  method: string,
  endpoint: string,
  { searchParams, body }: Wish = {},
): Promise<Refusal> {
  const url = new URL(endpoint, `${resource.url.replace(/\/+$/, '')}/`)
  for (const [name, value] of Object.entries(searchParams ?? {})) url.searchParams.append(name, String(value))
  const init: RequestInit = { method, headers: await headersOf(resource), redirect: 'manual' }
  if (body !== undefined) {
    init.headers = { ...init.headers, 'content-type': 'application/json' }
    init.body = JSON.stringify(body)
  }
  const asked = `${method} ${endpoint}`
  const answer = await within(parts, (signal) => follow(parts, url, { ...init, signal }, asked))
  if (answer.status >= 200 && answer.status < 300) return answer
  throw failureOf(answer, asked, parts.clock.now())
}

async function headersOf({ headers, authHeaders }: Resource): Promise<Record<string, string>> {
  const all: Record<string, string> = { accept: 'application/json', 'user-agent': 'qaack', ...headers }
  for (const [name, value] of Object.entries(authHeaders)) all[name] = await value()
  return all
}

/** The limit is for the answer to its end. */
async function within<T>({ clock }: ClientParts, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const late = new HostFailure('unavailable', `GitLab did not answer within ${secondsPerRequest} seconds`)
  const deadline = clock.deadline(secondsPerRequest * 1000, late)
  try {
    return await work(deadline.signal)
  } finally {
    deadline.clear()
  }
}

/** GitLab sends readers of a project that moved to where it is now. To nobody else the token is shown. */
async function follow(
  { fetch: reach = fetch }: ClientParts,
  start: URL,
  init: RequestInit,
  asked: string,
): Promise<Refusal> {
  let url = start
  for (let count = 0; ; count += 1) {
    const response = await reach(url.href, init)
    const next = locationOf(response, url)
    if (next === null) return read(response, asked)
    await response.body?.cancel()
    if (next.origin !== start.origin || init.method !== 'GET' || count === mostRedirects) {
      throw new HostFailure(
        'refused',
        `GitLab sends us on to ${next.origin}${next.pathname} (${asked}); give its address as it is there`,
      )
    }
    url = next
  }
}

function locationOf(response: Response, url: URL): URL | null {
  const location = response.headers.get('location')
  if (response.status < 300 || response.status >= 400 || location === null) return null
  return URL.parse(location, url.href)
}

async function read(response: Response, asked: string): Promise<Refusal> {
  const { status } = response
  const headers = Object.fromEntries(response.headers)
  const text = await textOf(response, asked)
  if (text === '') return { status, headers, body: null }
  try {
    const body: unknown = JSON.parse(text)
    return { status, headers, body }
  } catch {
    if (status >= 300) return { status, headers, body: text }
    throw new HostFailure('unavailable', `GitLab answered something that is not JSON to ${asked}`)
  }
}

/** No more of it than anybody sends in earnest. */
async function textOf({ body }: Response, asked: string): Promise<string> {
  if (!body) return ''
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength
    if (size > mostMebibytes * 1024 * 1024)
      throw new HostFailure('unavailable', `GitLab answered more than ${mostMebibytes} MiB to ${asked}`)
    chunks.push(chunk)
  }
  return new TextDecoder().decode(Buffer.concat(chunks))
}
