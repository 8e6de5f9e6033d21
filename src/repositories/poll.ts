import { syncRepository } from '../environments/sync.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryRecord } from './repository.ts'

/** Milliseconds between two looks at which repositories are due. */
const tick = 2_000

/**
 * Looks at the refs of every repository at start, and from then on every `pollSeconds` of its settings, until `signal`
 * fires: webhooks only make it faster.
 */
export function pollForever(parts: Parts, signal: AbortSignal): void {
  const looked = new Map<string, number>()
  const failed = (error: unknown) => parts.logger.error({ err: error }, 'repositories could not be polled')
  parts.clock.every(
    tick,
    async () => {
      const now = parts.clock.now()
      const repositories = await parts.store.list('repository')
      for (const repository of repositories.filter((candidate) =>
        isDue(candidate, looked.get(candidate.id), now),
      )) {
        looked.set(repository.id, now)
        // Why it failed is written on the repository and as an event; the next look tries again.
        parts.background.run('poll', () =>
          syncRepository(parts, repository.id, 'poll').catch(() => undefined),
        )
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
