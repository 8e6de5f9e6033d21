import type { ProbotOctokit } from 'probot'
import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import { HostFailure } from '../failure.ts'
import { octokitLog } from './log.ts'
import { githubCom, type GithubServer } from './server.ts'

/** Probot's Octokit, as whoever it was made for. */
export type GithubClient = ProbotOctokit

export interface ClientParts {
  server: GithubServer
  clock: Clock
  logger: Logger
}

/** What Probot gives in addition. */
interface OctokitOptions {
  throttle?: object
  request?: object
}

const secondsPerRequest = 10

/**
 * Probot's Octokit, made to ask once: whoever calls knows whether the answer is still wanted later. Each request may take
 * ten seconds, beside what it waits for its turn: github.com wants writes of the same installation one after another.
 */
export async function clientClass({ server, clock, logger }: ClientParts): Promise<typeof ProbotOctokit> {
  // Loaded when there is something to do with GitHub only: it takes a fifth of a second and 37 MB.
  const { ProbotOctokit } = await import('probot')
  return ProbotOctokit.defaults((options: OctokitOptions) => ({
    ...options,
    baseUrl: server.api,
    log: octokitLog(logger),
    retry: { enabled: false },
    throttle:
      server.api === githubCom.api
        ? { ...options.throttle, onRateLimit: never, onSecondaryRateLimit: never }
        : { enabled: false },
    request: { ...options.request, fetch: boundedFetch(clock) },
  }))
}

function never(): false {
  return false
}

/** With a personal token; without one as a stranger, who sees what is public. */
export async function tokenClient(parts: ClientParts, token: string | undefined): Promise<GithubClient> {
  const Client = await clientClass(parts)
  return token === undefined ? new Client() : new Client({ auth: { token } })
}

/** `fetch` whose answer is there within the time limit, to its end. */
export function boundedFetch(clock: Clock): typeof fetch {
  return async (input, init) => {
    const late = new HostFailure('unavailable', `GitHub did not answer within ${secondsPerRequest} seconds`)
    const deadline = clock.deadline(secondsPerRequest * 1000, late, init?.signal ?? undefined)
    try {
      const { url, status, statusText, headers, body } = await fetch(input, {
        ...init,
        signal: deadline.signal,
      })
      // Read here, or the limit would end with the headers.
      const whole = body === null ? null : await new Response(body).arrayBuffer()
      const empty = [204, 205, 304].includes(status)
      const read = new Response(empty ? null : whole, { status, statusText, headers })
      // Octokit finds the page after this one by it.
      return Object.defineProperty(read, 'url', { value: url })
    } finally {
      deadline.clear()
    }
  }
}
