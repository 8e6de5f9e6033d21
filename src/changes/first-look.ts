import { syncRepository } from '../environments/sync.ts'
import { isQaackError } from '../errors.ts'
import { isHostFailure } from '../hosts/failure.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import { catchUpRepository } from './catch-up-repository.ts'

/**
 * Reads the refs and the open changes of a repository that is new here, beside the caller: a host may give us hundreds at
 * once, and may not answer. What it fails with is said by the next comparison with it, which looks again.
 */
export function lookFirst(parts: Parts, repository: RepositoryRecord, why: string): void {
  parts.background.run(`first look at ${repository.name}`, async () => {
    try {
      // Written down with the repository, if it fails.
      await syncRepository(parts, repository.id, why)
      const host = parts.hosts[repository.type]?.changes
      if (host) await catchUpRepository(parts, repository, host)
    } catch (error) {
      if (!isQaackError(error) && !isHostFailure(error)) throw error
    }
  })
}
