import type { EnvironmentRecord } from '../environments/environment.ts'
import type { Parts } from '../parts.ts'
import { followChange } from './follow.ts'
import { findChange } from './take.ts'

/** What waited for a service to be unlocked is done: a newer commit is built, the preview of a closed change goes. */
export async function followUnlocked(parts: Parts, { repositoryId, ref }: EnvironmentRecord): Promise<void> {
  if (ref.type !== 'change') return
  const change = await findChange(parts, repositoryId, ref.name)
  if (change) await followChange(parts, change.id)
}
