import { commitOf, git, mergedTree, nothing, writeCommit } from '../../../src/demo/github/bare.ts'
import { flag, optional } from './fields.ts'
import { isDraft, referenceOf } from './merge-request-view.ts'
import type { MergeRequest } from './records.ts'
import { markMerged, refsChanged } from './refs-changed.ts'
import { developer, maintainer, Refusal, roleOf, type Account, type Asked } from './world.ts'

/** A real merge into the target branch: the branch moves, its push is told, and then the merge. */
export async function mergeChange(asked: Asked, change: MergeRequest, by: Account): Promise<void> {
  const { target, targetBranch } = change
  const role = targetBranch === target.defaultBranch ? maintainer : developer
  if (roleOf(target, by) < role) throw new Refusal(401, '401 Unauthorized')
  if (change.state !== 'opened' || isDraft(change.title)) throw new Refusal(405, '405 Method Not Allowed')
  const sha = optional(asked, 'sha')
  if (sha !== undefined && sha !== change.sha)
    throw new Refusal(409, 'SHA does not match HEAD of source branch')
  const tip = await commitOf(target.dir, `refs/heads/${targetBranch}`)
  const tree = tip === undefined ? undefined : await mergedTree(target.dir, tip, change.sha)
  if (tip === undefined || tree === undefined) throw new Refusal(422, 'Branch cannot be merged')

  const commit = await writeCommit(target.dir, {
    tree,
    parents: [tip, change.sha],
    message: `Merge branch '${change.sourceBranch}' into '${targetBranch}'\n\n${change.title}\n\nSee merge request ${referenceOf(change)}`,
    by: { name: by.name, email: `${by.username}@example.org` },
  })
  await git(target.dir, ['update-ref', `refs/heads/${targetBranch}`, commit, tip])
  await markMerged(asked.world, change, by, commit)
  await refsChanged(
    asked.world,
    target,
    [{ ref: `refs/heads/${targetBranch}`, before: tip, after: commit }],
    by,
  )
  if (flag(asked, 'should_remove_source_branch') === true) await removeSource(asked, change, by)
}

async function removeSource(asked: Asked, change: MergeRequest, by: Account): Promise<void> {
  const { source, sourceBranch } = change
  const ref = `refs/heads/${sourceBranch}`
  const before = await commitOf(source.dir, ref)
  if (before === undefined || roleOf(source, by) < developer) return
  await git(source.dir, ['update-ref', '-d', ref, before])
  await refsChanged(asked.world, source, [{ ref, before, after: nothing }], by)
}
