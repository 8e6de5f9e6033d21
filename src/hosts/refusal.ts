import { z } from 'zod'
import { HostFailure } from './failure.ts'

/** Seconds to wait where a host says that it was too much, but not for how long. */
const patience = 60
/** Seconds that are waited at most, whatever it says: limits are counted by the hour at most. */
const longest = 3600

/** What a refusal says about asking again: values of headers as they came. */
export interface Limits {
  /** Seconds from now. */
  after: unknown
  /** Seconds since 1970; undefined where that does not count because something is left to ask. */
  reset: unknown
  /** Whether it is for too many requests that we were refused, if neither of the two says so. */
  told: boolean
}

/** When to ask again, in ms since 1970 as `now` is; null if it is not for too many requests that we were refused. */
export function retryTime(limits: Limits, now: number): number | null {
  const after = numberOf(limits.after)
  if (after !== null) return now + Math.min(after, longest) * 1000
  const reset = numberOf(limits.reset)
  // A second more: hosts count in whole ones.
  if (reset !== null) return Math.min(Math.max(now, reset * 1000) + 1000, now + longest * 1000)
  return limits.told ? now + patience * 1000 : null
}

/** `limited` until then, in ms since 1970. */
export function limited(host: string, asked: string, retryAt: number): HostFailure {
  const until = new Date(retryAt).toISOString()
  return new HostFailure('limited', `${host} asks us to wait until ${until} (${asked})`, { retryAt })
}

/** The failure that an error is already, or that lies behind it, or that an answer is which cannot be read. */
export function knownFailure(host: string, error: unknown): HostFailure | undefined {
  for (let at = error; at instanceof Error; at = at.cause) if (at instanceof HostFailure) return at
  if (!(error instanceof z.ZodError)) return undefined
  const where = error.issues[0]?.path.join('.') ?? ''
  return new HostFailure(
    'unavailable',
    `${host} answered something else than expected (${where || 'all of it'})`,
  )
}

/** What a host said, as one line that fits into a sentence of ours. */
export function short(message: string): string {
  const line = message.replace(/\s+/g, ' ').trim()
  return line.length > 300 ? `${line.slice(0, 300)}…` : line
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function numberOf(header: unknown): number | null {
  if (typeof header === 'string' && header.trim() === '') return null
  const number = typeof header === 'string' || typeof header === 'number' ? Number(header) : Number.NaN
  return Number.isFinite(number) && number >= 0 ? number : null
}
