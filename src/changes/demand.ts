import { buildEnvironment, rebuildEnvironment } from '../environments/lifecycle.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { isApproved, type ChangeRecord, type Verdict } from './change.ts'
import { decideAndAct } from './follow.ts'
import { wantPreview, type Done } from './preview.ts'
import { isBegun } from './verdict.ts'

/**
 * Builds the preview of a change because somebody asked for it, also where a filter would have left it out. What is there is
 * built once more, except that without `rebuild` a build under way is left alone. Returns a sentence where nothing began.
 * QaackError `conflict` if there is nothing that may be built.
 */
export async function buildOnDemand(
  parts: Parts,
  changeId: string,
  wish: { by: string; rebuild: boolean; clean?: boolean },
): Promise<string | undefined> {
  const looked = await decideAndAct(parts, changeId, async (repository, change, verdict) => {
    refuseWhatMayNot(change, verdict)
    const done = await wantPreview(parts, repository, change, true)
    return buildAgain(parts, done, wish)
  })
  if (!looked) throw new QaackError('not_found', 'the change is not known any more')
  const { after } = looked.done
  return isBegun(looked.done) ? undefined : `build ${after?.builds ?? 0} of this commit is on its way already`
}

/** QaackError `conflict` for what only a new commit, an approval, or an end of the reason can change. */
export function refuseWhatMayNot(change: ChangeRecord, verdict: Verdict): void {
  if (verdict.kind !== 'build' && verdict.kind !== 'ignored') throw new QaackError('conflict', verdict.why)
  if (!isApproved(change))
    throw new QaackError(
      'conflict',
      `the change comes from a fork; look at commit ${change.hash.slice(0, 7)}, then comment /qaack approve ${change.hash}`,
    )
}

async function buildAgain(
  parts: Parts,
  done: Done,
  wish: { by: string; rebuild: boolean; clean?: boolean },
): Promise<Done> {
  const [obstacle] = done.but
  if (!done.after) return done
  if (isBegun(done)) {
    if (wish.clean) await buildEnvironment(parts, done.after.id, { clean: true })
    return done
  }
  if (obstacle !== undefined) throw new QaackError('conflict', obstacle)
  const { id, state } = done.after
  if (wish.rebuild) {
    await rebuildEnvironment(parts, id, `rebuild asked for by ${wish.by}`, { clean: wish.clean ?? false })
  } else if (['created', 'built', 'failed', 'cancelled'].includes(state)) {
    await buildEnvironment(parts, id)
  }
  return { ...done, after: await parts.store.get('environment', id) }
}
