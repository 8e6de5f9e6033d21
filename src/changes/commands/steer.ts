import { cloneEnvironment } from '../../environments/clone.ts'
import { lockedNames } from '../../environments/answering.ts'
import { hasLockedService } from '../../environments/expiry.ts'
import { cancelEnvironment, deleteEnvironment } from '../../environments/lifecycle.ts'
import { lockService, unlockService } from '../../environments/lock.ts'
import { QaackError } from '../../errors.ts'
import { isApproved } from '../change.ts'
import { followUnlocked } from '../follow-unlocked.ts'
import { mainAddress } from '../../reports/comment-addresses.ts'
import { address } from '../../reports/markdown.ts'
import { sentence } from '../../reports/words.ts'
import { buildOnDemand } from '../demand.ts'
import { environmentsOf } from '../preview.ts'
import { previewOf, type Asked, type Reply } from './command.ts'

export async function build({ parts, change, by }: Asked, rebuild: boolean, clean = false): Promise<Reply> {
  const why = await buildOnDemand(parts, change.id, { by, rebuild, clean })
  return why === undefined ? null : sentence(why)
}

export async function cancel(asked: Asked): Promise<Reply> {
  await cancelEnvironment(asked.parts, (await previewOf(asked)).id)
  return null
}

/** Clones go too: who takes the preview away wants nothing of it to be left. */
export async function remove({ parts, change, by }: Asked): Promise<Reply> {
  const environments = await environmentsOf(parts, change)
  const locked = environments.find(hasLockedService)
  if (locked) {
    throw new QaackError(
      'conflict',
      `there are locked services (${lockedNames(locked)}); unlock them before you delete the preview`,
    )
  }
  // The first one last, which is the one that stays known as empty.
  for (const { id } of environments.toReversed()) await deleteEnvironment(parts, id, `deleted by ${by}`)
  return null
}

export async function lock(asked: Asked, service: string): Promise<Reply> {
  await lockService(asked.parts, (await previewOf(asked)).id, service)
  return null
}

export async function unlock(asked: Asked, service: string): Promise<Reply> {
  const { parts } = asked
  await followUnlocked(parts, await unlockService(parts, (await previewOf(asked)).id, service))
  return null
}

export async function clone(asked: Asked): Promise<Reply> {
  const { parts, change } = asked
  const { id } = await previewOf(asked)
  const now = (await parts.store.get('change', change.id)) ?? change
  if (now.state !== 'open') throw new QaackError('conflict', `the change was ${now.state}`)
  if (!isApproved(now))
    throw new QaackError('conflict', `commit ${now.hash.slice(0, 7)} of the fork is not approved`)
  const made = await cloneEnvironment(parts, id)
  return `One more preview of this change is being made: ${address(mainAddress(made, { baseUrl: parts.config.baseUrl }))}`
}
