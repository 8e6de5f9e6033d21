import { z } from 'zod'
import { HostFailure } from '../failure.ts'
import { knownFailure, limited, retryTime, short, textOf } from '../refusal.ts'

/** An error of Octokit, as far as we read it. `response` is missing where none came. */
const httpError = z.object({
  status: z.number(),
  message: z.string(),
  request: z.object({ method: z.string(), url: z.string() }).optional(),
  response: z
    .object({ headers: z.record(z.string(), z.unknown()) })
    .optional()
    .catch(undefined),
})

type HttpError = z.infer<typeof httpError>

/** What went wrong when GitHub was asked, as the seam's word for it. `now` in ms since 1970. */
export function toHostFailure(error: unknown, now: number): HostFailure {
  const known = knownFailure('GitHub', error)
  if (known) return known
  const read = httpError.safeParse(error)
  if (!read.success)
    return new HostFailure('unavailable', `GitHub could not be asked: ${short(textOf(error))}`, {
      cause: error,
    })
  return ofAnswer(read.data, now)
}

function ofAnswer(error: HttpError, now: number): HostFailure {
  const { status, response } = error
  if (!response) return new HostFailure('unavailable', `GitHub cannot be reached: ${short(error.message)}`)
  const asked = askedFor(error)
  if (status >= 500 || status === 408)
    return new HostFailure('unavailable', `GitHub answered ${status} to ${asked}`)
  const retryAt = limitedUntil(error, now)
  if (retryAt !== null) return limited('GitHub', asked, retryAt)
  if (status === 404 && /\/app\/installations\/\d+\/access_tokens$/.test(asked))
    return new HostFailure('gone', notInstalled)
  if (status === 404 || status === 410 || status === 451)
    return new HostFailure('gone', `GitHub does not know what was asked for: ${asked}`)
  return new HostFailure('refused', refusal(error, asked))
}

const notInstalled =
  'GitHub does not let us in: the app of this server is not installed there, or not any more; install it on the repository'

/** Milliseconds since 1970; null if it is not for too many requests that we were refused. */
function limitedUntil({ status, message, response }: HttpError, now: number): number | null {
  if (status !== 403 && status !== 429) return null
  const headers = response?.headers ?? {}
  const spent = headers['x-ratelimit-remaining'] === '0'
  return retryTime(
    {
      after: headers['retry-after'],
      reset: spent ? headers['x-ratelimit-reset'] : undefined,
      told:
        status === 429 || spent || /secondary rate limit|abuse detection|rate limit exceeded/i.test(message),
    },
    now,
  )
}

function refusal(error: HttpError, asked: string): string {
  const said = short(error.message)
  if (error.status === 401) {
    return `GitHub does not accept our credentials for ${asked}: ${said}; check the key of the app, or the token of the repository`
  }
  if (/not accessible by (integration|personal access token)/i.test(error.message)) {
    // The same whatever it was asked for, so that it is not told anew with every commit.
    return `GitHub does not let us do this: the permission ${permissionFor(error)} is missing; give it to the app in its settings at GitHub and accept it where the app is installed, or give it to the token`
  }
  return `GitHub refused ${asked}: ${said}`
}

/** GitHub names it in a header; older ones do not. */
function permissionFor({ request, response }: HttpError): string {
  const named = response?.headers['x-accepted-github-permissions']
  if (typeof named === 'string' && named !== '') return named.replaceAll('=', ': ').replaceAll(';', ' or')
  const path = request?.url ?? ''
  const access = request?.method === 'GET' ? 'read' : 'write'
  const found = permissions.find(([part]) => part.test(path))
  return `${found?.[1] ?? 'for it'}: ${access}`
}

const permissions: [RegExp, string][] = [
  [/\/commits\/[^/]+\/status|\/statuses\//, 'Commit statuses'],
  [/\/deployments/, 'Deployments'],
  [/\/check-runs|\/check-suites/, 'Checks'],
  [/\/issues\/|\/pulls/, 'Pull requests'],
  [/\/collaborators\//, 'Metadata'],
]

function askedFor({ request }: HttpError): string {
  const path = URL.parse(request?.url ?? '')?.pathname ?? ''
  return `${request?.method ?? ''} ${path}`.trim() || 'a request'
}
