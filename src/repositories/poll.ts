import { syncRepository } from '../environments/sync.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryRecord } from './repository.ts'

/** Repositories whose refs are read at once. */
const atOnce = 4
/** Milliseconds between two looks at which repositories are due. */
const tick = 2_000

/**
 * Looks at the refs of every repository at start, and from then on every `pollSeconds` of its settings, until `signal`
 * fires: webhooks only make it faster.
 */
export function pollForever(parts: Parts, signal: AbortSignal): void {
  const looked = new Map<string, number>()
  const reading = new Set<string>()
  const failed = (error: unknown) => parts.logger.error({ err: error }, 'repositories could not be polled')
  parts.clock.every(
    tick,
    async () => {
      const now = parts.clock.now()
      const repositories = await parts.store.list('repository')
      const due = repositories.filter((repository) => isDue(repository, looked.get(repository.id), now))
      for (const repository of due.slice(0, Math.max(0, atOnce - reading.size))) {
        looked.set(repository.id, now)
        reading.add(repository.id)
        // Why it failed is written on the repository and as an event; the next look tries again.
        const sync = () => syncRepository(parts, repository.id, 'poll').catch(() => undefined)
        parts.background.run('poll', () => sync().finally(() => reading.delete(repository.id)))
      }
    },
    signal,
    failed,
  )
}

/** `looked` is the last look of this process, in ms since 1970. */
export function isDue(repository: RepositoryRecord, looked: number | undefined, now: number): boolean {
  if (looked === undefined) return true
  const { pollSeconds } = repository.settings
  return pollSeconds > 0 && now - looked >= pollSeconds * 1000
}
