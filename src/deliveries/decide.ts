import { isQaackError, messageOf, type ErrorCode } from '../errors.ts'
import type { HostEvent } from '../hosts/event.ts'
import { isHostFailure } from '../hosts/failure.ts'

/** How often a delivery is tried before it is given up: for a fault of ours, and while others do not answer, which is an hour. */
export const mostTries = 8
export const mostTriesOfOthers = 20
/** Milliseconds before the second try; twice as many before each one after it. */
const firstPause = 2_000
const longestPause = 5 * 60_000
/** Milliseconds after which a host cannot be asked to send a delivery again, so that it need not be known any more. */
export const forgetAfter = 3 * 24 * 60 * 60_000
/** Milliseconds after which a delivery that nobody here knows was left behind by another server. */
export const abandonedAfter = 60_000

/** What becomes of a delivery that could not be handled. `at` is in ms since 1970. */
export type AfterFailure =
  | { kind: 'again'; at: number; why: string }
  /** Trying again is useless, and nobody here is to blame. */
  | { kind: 'refused'; why: string }
  /** Tried too often. */
  | { kind: 'failed'; why: string }

/** `tries` counts the one that failed. */
export function afterFailure(error: unknown, tries: number, now: number): AfterFailure {
  const why = messageOf(error)
  if (!mayPass(error)) return { kind: 'refused', why }
  if (tries >= (isOfOthers(error) ? mostTriesOfOthers : mostTries)) return { kind: 'failed', why }
  const pause = Math.min(longestPause, firstPause * 2 ** (tries - 1))
  const wanted = isHostFailure(error, 'limited') ? (error.retryAt ?? 0) : 0
  return { kind: 'again', at: Math.max(now + pause, wanted), why }
}

/** Refusals that will be the same next time, because they are about what was asked and not about how things stand. */
const lasting: ErrorCode[] = [
  'unauthorized',
  'read_only',
  'not_found',
  'conflict',
  'too_large',
  'invalid',
  'invalid_config',
  'invalid_qaackfile',
]

/** Faults of ours count as passing too: a second look often finds what a race hid from the first. */
function mayPass(error: unknown): boolean {
  if (isHostFailure(error)) return !isHostFailure(error, 'refused', 'gone')
  return !(isQaackError(error) && lasting.includes(error.code))
}

/** Whether the host, the database or git is to blame. */
function isOfOthers(error: unknown): boolean {
  return isHostFailure(error) || (isQaackError(error) && error.code !== 'internal')
}

/**
 * The line in which deliveries wait for one another: of one repository they are handled in the order in which they came.
 * What is about several, or about none that we know of, waits in the line of its host.
 */
export function lineOf(host: string, repositoryId: string | null, events: HostEvent[]): string {
  if (repositoryId !== null) return `repository ${repositoryId}`
  const key = hostKeyOf(host, events)
  return key === null ? `host ${host}` : `repository ${key}`
}

/** `<host>:<key>` of the one repository that all events are about, as the store is asked for it; null if there is none. */
export function hostKeyOf(host: string, events: HostEvent[]): string | null {
  const keys = new Set(
    events.map((event) => ('repository' in event ? (event.repository?.key ?? null) : null)),
  )
  const [key = null] = keys
  return keys.size === 1 && key !== null ? `${host}:${key}` : null
}

/** The decision about a delivery, as it is written down: what it was, by which name it is found at its host, what was done. */
export function sentenceOf(delivery: { event: string; deliveryId: string }, decision: string): string {
  return `${delivery.event} (${mentionOf(delivery.deliveryId)}): ${decision}`
}

/** Why there is no decision yet. */
export function waitingSentenceOf(delivery: { event: string; deliveryId: string }, why: string): string {
  return `${delivery.event} (${mentionOf(delivery.deliveryId)}) waits: ${why}; it is tried again`
}

/** By which the decision about a delivery is found among the events. */
export function mentionOf(deliveryId: string): string {
  return `delivery ${deliveryId}`
}

export function isForgettable(receivedAt: number, now: number): boolean {
  return now - receivedAt > forgetAfter
}

export function isAbandoned(receivedAt: number, now: number): boolean {
  return now - receivedAt > abandonedAfter
}
