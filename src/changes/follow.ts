import { rebuildEnvironment } from '../environments/lifecycle.ts'
import { inRepository } from '../environments/turns.ts'
import { noteOf } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import { forgetChange } from '../repositories/fetch-change.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import { Conflict } from '../stores/store.ts'
import type { ChangeRecord, Verdict } from './change.ts'
import { judgeChange } from './judge.ts'
import { keepPreview, possible, removePreview, wantPreview, type Done } from './preview.ts'
import { isBegun, isOutdated, outcomeText, sameVerdict } from './verdict.ts'

/**
 * Does what follows from a change as it is known now: its preview is made, moved to another commit, left as it is, or taken
 * away. One at a time for each change; looking twice does nothing more. `rebuild` is why the same commit is to be built once
 * more. Returns what came of it, as a sentence.
 */
export async function followChange(
  parts: Parts,
  changeId: string,
  wish: { rebuild?: string } = {},
): Promise<string> {
  const looked = await decideAndAct(parts, changeId, (repository, change, verdict) =>
    act(parts, repository, change, verdict, wish.rebuild),
  )
  return looked?.sentence ?? 'the change is not known any more'
}

export interface Looked {
  done: Done
  verdict: Verdict
  /** What came of it. */
  sentence: string
}

/**
 * Decides about a change, lets `act` do what follows, and writes down what was decided: again from the start where something
 * newer was told meanwhile, here or by another server. Undefined if it is not known.
 */
export function decideAndAct(
  parts: Parts,
  changeId: string,
  act: (repository: RepositoryRecord, change: ChangeRecord, verdict: Verdict) => Promise<Done>,
): Promise<Looked | undefined> {
  return parts.background.inTurn(`change ${changeId}`, async () => {
    for (;;) {
      const change = await parts.store.get('change', changeId)
      const repository = change && (await parts.store.get('repository', change.repositoryId))
      if (!change || !repository) return undefined
      const verdict = await judgeChange(parts, repository, change)
      const looked = await inRepository(parts, repository.id, async () => {
        const now = await parts.store.get('change', changeId)
        if (now?.version !== change.version) return undefined
        return unlessConflict(async () => keepVerdict(parts, await act(repository, change, verdict), verdict))
      })
      if (!looked) continue
      if (verdict.kind === 'closed') await forgetChange(parts, repository, change.name)
      return looked
    }
  })
}

async function unlessConflict<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Conflict) return undefined
    throw error
  }
}

async function act(
  parts: Parts,
  repository: RepositoryRecord,
  change: ChangeRecord,
  verdict: Verdict,
  rebuild: string | undefined,
): Promise<Done> {
  if (verdict.kind === 'closed' || verdict.kind === 'remove') return removePreview(parts, change, verdict.why)
  if (verdict.kind !== 'build') return keepPreview(parts, change, verdict.why)
  const before = change.verdict
  // Without any verdict it was never created, or is only offered to another branch now: nobody asked for it to come back.
  const news = before !== null && (before.kind !== 'build' || before.hash !== change.hash)
  const done = await wantPreview(parts, repository, change, news || rebuild !== undefined)
  if (!done.after || done.after.state === 'empty' || isBegun(done)) return done
  const { id } = done.after
  const builds = await parts.store.list('build', { environmentId: id })
  const why = rebuild ?? isOutdated(change, builds.at(-1))
  if (why !== undefined) await possible(done.but, () => rebuildEnvironment(parts, id, why))
  return { ...done, after: await parts.store.get('environment', id) }
}

/** Writes the verdict down where it says something new. */
async function keepVerdict(parts: Parts, done: Done, { kind, hash, why }: Verdict): Promise<Looked> {
  const { change, after, but } = done
  const verdict = { kind, hash, why: [why, ...but].filter((text) => text !== '').join('; but ') }
  const sentence = outcomeText(done, change, verdict)
  const looked = { done, verdict, sentence }
  if (change.verdict && sameVerdict(change.verdict, verdict)) return looked
  const { repositoryId } = change
  const about = { repositoryId, ...(after ? { environmentId: after.id } : {}) }
  await parts.store.commit([
    { save: 'change', record: { ...change, verdict } },
    noteOf(parts, kind === 'ignored' || kind === 'silent' ? 'ignored' : 'change', sentence, about),
  ])
  return looked
}
