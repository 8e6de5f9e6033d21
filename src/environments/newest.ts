import { isQaackError, QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { syncRepository } from './sync.ts'

/** Milliseconds that somebody who asks for a build waits for the repository. */
const patience = 5_000

/**
 * Reads the refs of a repository before a build that somebody asked for: what they pushed a moment ago is to be in it. A remote
 * that is away, or slow, holds up no build: then this resolves with why, for the build's log. What comes late is followed as any
 * push.
 */
export async function readRefsFirst(parts: Parts, repositoryId: string): Promise<string | undefined> {
  const left = new AbortController()
  const reading = syncRepository(parts, repositoryId, 'a build was asked for')
  // Once it is late, only the repository's record has to tell how it ended.
  parts.background.run(`refs of repository ${repositoryId}`, () => reading.catch(unlessOurs))
  const read = reading.then(
    () => undefined,
    (error: unknown) => (isQaackError(error) ? error.message : "see the server's log"),
  )
  const waiting = parts.clock
    .sleep(patience, left.signal)
    .then(() => `it did not answer within ${patience / 1000} s; a newer one is built as soon as it is read`)
  try {
    return await Promise.race([read, waiting])
  } finally {
    left.abort()
  }
}

/** The same before a build of an environment. QaackError `not_found` if its ref turns out to be gone, and it with that. */
export async function readRefFirst(parts: Parts, id: string): Promise<string | undefined> {
  const before = await parts.store.get('environment', id)
  // What a change offers is told by its host, and what is approved of it is one commit.
  if (!before || before.ref.type === 'change') return undefined
  const unread = await readRefsFirst(parts, before.repositoryId)
  if (await parts.store.get('environment', id)) return unread
  const { type, name } = before.ref
  throw new QaackError(
    'not_found',
    `environment ${id} is gone: ${type} ${name} is not in the repository any more, or somebody deleted it meanwhile; see qaack events`,
  )
}

function unlessOurs(error: unknown): void {
  if (!isQaackError(error)) throw error
}
