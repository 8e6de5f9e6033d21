import type { Parts } from '../parts.ts'
import type { Change } from '../stores/store.ts'
import type { EventKind } from './event.ts'

/** What an event is about, where it is about anything that is kept. */
export interface About {
  repositoryId?: string
  environmentId?: string
}

/** Writes down a decision by itself. */
export async function note(parts: Parts, kind: EventKind, message: string, about: About = {}): Promise<void> {
  await parts.store.commit([noteOf(parts, kind, message, about)])
}

/** The same, as a part of a larger write. */
export function noteOf(parts: Pick<Parts, 'clock'>, kind: EventKind, message: string, about: About): Change {
  const { repositoryId = null, environmentId = null } = about
  return { event: { at: parts.clock.now(), kind, repositoryId, environmentId, buildId: null, message } }
}
