import type { BuildRecord } from '../builds/build.ts'
import type { ReusableRecord } from '../builds/reusable.ts'
import { toPrune, type Pruned } from '../builds/reuse/prune.ts'
import { messageOf } from '../errors.ts'
import { note } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import { dropReusable, removeLostImages } from './forget.ts'
import { reusablesInUse } from './owned.ts'
import { nameOf } from './words.ts'

/** Milliseconds between two looks without a cause. */
const lookTime = 3_600_000
/** Milliseconds after which nobody saves any more who began so long ago: no build gets that much time. */
const longestSave = 24 * 3_600_000

/** Takes saved images away that nobody needs, or for which there is no room; at once, and every hour until `signal` fires. */
export function pruneForever(parts: Parts, signal: AbortSignal): void {
  const failed = (error: unknown) =>
    parts.logger.warn({ error: messageOf(error) }, 'saved images could not be looked through')
  parts.background.run('first look through saved images', () => prune(parts).catch(failed))
  parts.clock.every(lookTime, () => prune(parts), signal, failed)
}

/** Looks beside whoever has just saved something. */
export function pruneBeside(parts: Parts): void {
  parts.background.run('look through saved images', () =>
    parts.background.latest('reusables', () => prune(parts)),
  )
}

/** One look. Safe at any time: what somebody begins to use meanwhile stays. */
export async function prune(parts: Parts): Promise<void> {
  // Records first: who begins to use one writes that down, then changes the record, which then is not removed here.
  const records = await parts.store.list('reusable')
  const [inUse, environments, broken] = await Promise.all([
    reusablesInUse(parts, new Set(records.map(({ repositoryId }) => repositoryId))),
    parts.store.list('environment'),
    brokenOff(parts, records),
  ])
  const gone = new Set(broken.map(({ record }) => record.id))
  const going = [
    ...broken,
    ...toPrune({
      records: records.filter(({ id }) => !gone.has(id)),
      inUse,
      environments: new Set(environments.filter(({ state }) => state !== 'empty').map(({ id }) => id)),
      budgetBytes: parts.config.reusable.diskBytes,
      longestSave,
      now: parts.clock.now(),
    }),
  ]
  for (const { record, why } of going) {
    if (!(await dropReusable(parts, record))) continue
    const { repositoryId } = record
    await note(parts, 'cleanup', `${nameOf(record)} removed: ${why}`, { repositoryId })
  }
  await removeLostImages(parts)
}

/** Of a build that does not run any more: never saved to its end, or to be reset to although the build failed after it. */
async function brokenOff(parts: Parts, records: ReusableRecord[]): Promise<Pruned[]> {
  const found = await Promise.all(
    records.map(async (record): Promise<Pruned[]> => {
      if (record.status === 'ready' && record.purpose !== 'reset') return []
      const build = await parts.store.get('build', record.buildId)
      if (build && isSaving(build, record)) return []
      if (record.status === 'saving') return [{ record, why: 'its saving was broken off' }]
      return build?.outcome === 'succeeded' ? [] : [{ record, why: 'its build did not come to a good end' }]
    }),
  )
  return found.flat()
}

/** Whether it may be what saved this: the same build may have begun again since. */
function isSaving({ status, stage, startedAt }: BuildRecord, { savedAt }: ReusableRecord): boolean {
  return status === 'running' && stage === 'build' && (startedAt ?? 0) <= savedAt
}
