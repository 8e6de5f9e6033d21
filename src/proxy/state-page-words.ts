import type { PageState } from './state-page-facts.ts'

/** How each state is told and treated. */
export interface StateWords {
  headline: string
  /** Short, for the badge and for programs. */
  error: string
  tone: 'busy' | 'bad' | 'idle'
  /** Seconds after which asking again makes sense. */
  retryAfter: number
  /** How the page learns of news: told by us, by asking the service itself, or not at all. */
  live: 'events' | 'probe' | 'off'
}

export const words: Record<PageState, StateWords> = {
  empty: {
    headline: 'Nothing runs here',
    error: 'not running',
    tone: 'idle',
    retryAfter: 60,
    live: 'events',
  },
  creating: {
    headline: 'Creating the services',
    error: 'not ready',
    tone: 'busy',
    retryAfter: 5,
    live: 'events',
  },
  created: { headline: 'Starting', error: 'not ready', tone: 'busy', retryAfter: 5, live: 'events' },
  queued: {
    headline: 'Waiting for a slot',
    error: 'not ready',
    tone: 'busy',
    retryAfter: 10,
    live: 'events',
  },
  building: { headline: 'Building', error: 'not ready', tone: 'busy', retryAfter: 5, live: 'events' },
  cancelled: {
    headline: 'The build was cancelled',
    error: 'cancelled',
    tone: 'idle',
    retryAfter: 60,
    live: 'events',
  },
  failed: { headline: 'The build failed', error: 'failed', tone: 'bad', retryAfter: 60, live: 'events' },
  built: { headline: 'Starting', error: 'not ready', tone: 'busy', retryAfter: 5, live: 'events' },
  softrebuilding: { headline: 'Rebuilding', error: 'not ready', tone: 'busy', retryAfter: 5, live: 'events' },
  unanswering: {
    headline: 'The service does not answer',
    error: 'no answer',
    tone: 'bad',
    retryAfter: 5,
    live: 'probe',
  },
  'no-address': {
    headline: 'Nothing answers at this address',
    error: 'no address',
    tone: 'idle',
    retryAfter: 60,
    live: 'events',
  },
  unknown: {
    headline: 'There is no such preview',
    error: 'not found',
    tone: 'idle',
    retryAfter: 60,
    live: 'off',
  },
}
