import { commitOf, git, isAncestor, nothing } from '../../../src/demo/github/bare.ts'
import type { RefChange } from '../../../src/demo/github/payloads.ts'
import { tellMergeRequest, tellPush } from './news.ts'
import type { MergeRequest } from './records.ts'
import type { Account, Project, World } from './world.ts'

/** More branches, or tags, at once than this are not told at all; merge requests still follow. */
const mostTold = 3

/** What came by a push, or by a merge: hooks are told, and every merge request follows. */
export async function refsChanged(
  world: World,
  project: Project,
  moves: RefChange[],
  by: Account,
): Promise<void> {
  for (const folder of ['refs/heads/', 'refs/tags/']) {
    const told = moves.filter(({ ref }) => ref.startsWith(folder))
    if (told.length > mostTold) continue
    for (const move of told) await tellPush(world, project, move, by)
  }
  for (const move of moves) {
    if (!move.ref.startsWith('refs/heads/')) continue
    const open = world.projects.flatMap(({ mergeRequests }) =>
      mergeRequests.filter(({ state }) => state === 'opened'),
    )
    for (const change of open) await follow(world, project, move, change, by)
  }
}

async function follow(
  world: World,
  project: Project,
  move: RefChange,
  change: MergeRequest,
  by: Account,
): Promise<void> {
  const branch = move.ref.slice('refs/heads/'.length)
  const isSource = change.source === project && change.sourceBranch === branch
  const isTarget = change.target === project && change.targetBranch === branch
  if (isSource && move.after === nothing) return close(world, change, by)
  if (isTarget && (await isTakenIn(change, move))) return markMerged(world, change, by, move.after)
  if (!isSource) return
  await moveHead(change, move.after)
  change.updatedAt = Date.now()
  addSystemNote(world, change, by, 'added new commits')
  await tellMergeRequest(world, change, by, 'update', { oldrev: move.before })
}

/** Only what the push itself brought counts: a head that was there before is not merged by it. */
async function isTakenIn(change: MergeRequest, { before, after }: RefChange): Promise<boolean> {
  if (before === nothing || after === nothing) return false
  const { dir } = change.target
  return (await isAncestor(dir, change.sha, after)) && !(await isAncestor(dir, change.sha, before))
}

/** The branch's commit becomes what is offered, and `refs/merge-requests/N/head` of the target project. */
export async function moveHead(change: MergeRequest, sha: string): Promise<void> {
  const { dir } = change.target
  if (change.source !== change.target)
    await git(dir, ['fetch', '--quiet', '--no-tags', change.source.dir, sha])
  await git(dir, ['update-ref', `refs/merge-requests/${change.iid}/head`, sha])
  change.sha = sha
}

export async function close(world: World, change: MergeRequest, by: Account): Promise<void> {
  Object.assign(change, { state: 'closed', closed: { by, at: Date.now() }, updatedAt: Date.now() })
  addSystemNote(world, change, by, 'closed')
  const changes = { state_id: { previous: 1, current: 2 } }
  await tellMergeRequest(world, change, by, 'close', { changes })
}

/** False if its branch is not there any more. */
export async function reopen(world: World, change: MergeRequest, by: Account): Promise<boolean> {
  const tip = await commitOf(change.source.dir, `refs/heads/${change.sourceBranch}`)
  if (tip === undefined) return false
  await moveHead(change, tip)
  Object.assign(change, { state: 'opened', closed: undefined, updatedAt: Date.now() })
  addSystemNote(world, change, by, 'reopened')
  const changes = { state_id: { previous: 2, current: 1 } }
  await tellMergeRequest(world, change, by, 'reopen', { changes })
  return true
}

export async function markMerged(
  world: World,
  change: MergeRequest,
  by: Account,
  commit: string,
): Promise<void> {
  const now = Date.now()
  Object.assign(change, { state: 'merged', merged: { by, at: now, commit }, updatedAt: now })
  addSystemNote(world, change, by, 'merged')
  const changes = { state_id: { previous: 1, current: 3 } }
  await tellMergeRequest(world, change, by, 'merge', { changes })
}

/** What GitLab writes between the comments; nobody is told of it. */
export function addSystemNote(world: World, change: MergeRequest, by: Account, body: string): void {
  const now = Date.now()
  const times = { createdAt: now, updatedAt: now }
  change.notes.push({ id: world.nextId(), body, author: by, system: true, ...times, awards: [] })
}
