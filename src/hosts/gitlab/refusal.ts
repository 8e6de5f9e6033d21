import { z } from 'zod'
import { HostFailure } from '../failure.ts'
import { knownFailure, limited, retryTime, short, textOf } from '../refusal.ts'

/** An answer of GitLab's that is not what was asked for. */
export interface Refusal {
  status: number
  /** Names in lower case. */
  headers: Readonly<Record<string, string>>
  /** As JSON was read from it; else its text. */
  body: unknown
}

const explained = z.object({
  message: z.unknown().optional(),
  error: z.unknown().optional(),
  error_description: z.string().optional(),
})

/** What went wrong when GitLab was asked, as the seam's word for it. `asked` e.g. `GET projects/42`. */
export function toHostFailure(error: unknown, asked: string): HostFailure {
  const known = knownFailure('GitLab', error)
  if (known) return known
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error
  const why = short(textOf(cause)) || short(textOf(error))
  return new HostFailure('unavailable', `GitLab cannot be reached: ${why} (${asked})`, { cause: error })
}

/** What an answer means that is none of those that we hope for. `now` in ms since 1970. */
export function failureOf(refusal: Refusal, asked: string, now: number): HostFailure {
  const { status, headers } = refusal
  if (status === 429) {
    const reset = headers['ratelimit-reset'] ?? headers['x-ratelimit-reset']
    const retryAt = retryTime({ after: headers['retry-after'], reset, told: true }, now)
    if (retryAt !== null) return limited('GitLab', asked, retryAt)
  }
  if (status >= 500 || status === 408)
    return new HostFailure('unavailable', `GitLab answered ${status} to ${asked}`)
  const said = saidOf(refusal.body)
  if (status === 404 || status === 410)
    return new HostFailure('gone', `GitLab does not know what was asked for: ${asked}${said && `: ${said}`}`)
  return new HostFailure('refused', sentenceOf(refusal, asked, said))
}

function sentenceOf({ status, body }: Refusal, asked: string, said: string): string {
  const because = said || `status ${status}`
  if (status === 401) {
    return `GitLab does not accept our token: ${because}; it may be revoked or expired: give a new one with scope api to the repository (qaack repo token), or as gitlab.token`
  }
  if (status === 403) {
    // The same whatever it was asked for, so that it is not told anew with every commit.
    if (isScope(body))
      return 'GitLab does not let us do this: the scope api is missing; make a new token that has it'
    const role = roleFor(asked)
    return `GitLab does not let us do this (${because}): the user of the token has to be ${role} of the project at least`
  }
  return `GitLab refused ${asked}: ${because}`
}

function isScope(body: unknown): boolean {
  return explained.safeParse(body).data?.error === 'insufficient_scope'
}

/** The least that GitLab wants; it does not say so itself. */
function roleFor(asked: string): string {
  return roles.find(([part]) => part.test(asked))?.[1] ?? 'Reporter'
}

const roles: [RegExp, string][] = [
  [/\/hooks\b/, 'Maintainer'],
  [/\/(statuses|deployments|environments)\b/, 'Developer'],
]

/** GitLab explains itself in a text, in a list of texts, or in one for each field. */
function saidOf(body: unknown): string {
  if (typeof body === 'string') return /^\s*</.test(body) ? '' : short(body)
  const read = explained.safeParse(body)
  if (!read.success) return ''
  const { message, error, error_description } = read.data
  return short(flat(error_description ?? message ?? error))
}

function flat(value: unknown): string {
  if (Array.isArray(value)) return value.map(flat).join(', ')
  if (typeof value === 'object' && value !== null)
    return Object.entries(value)
      .map(([field, text]) => (field === 'base' ? flat(text) : `${field} ${flat(text)}`))
      .join('; ')
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}
