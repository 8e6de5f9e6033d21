import type { Parts } from '../parts.ts'
import { followChange } from './follow.ts'

/** Decides anew about all open changes of a repository, e.g. under new settings. One that fails keeps no other from it. */
export async function followOpen(parts: Parts, repositoryId: string): Promise<void> {
  for (const { id, name } of await parts.store.list('change', { repositoryId, state: 'open' })) {
    if (parts.ending.aborted) return
    await followChange(parts, id).catch((error: unknown) =>
      parts.logger.warn({ err: error, change: name }, 'a change could not be decided about anew'),
    )
  }
}
