import { commitOf, nothing } from './bare.ts'
import { masterOf } from './callers.ts'
import { fetchHead, isTakenIn, openChanges, recount } from './changes.ts'
import { inside, tell } from './events.ts'
import { numberAt } from './json.ts'
import { mirrorCommits, mirrorRef } from './mirror-push.ts'
import { pushPayload, refPayload, shortRef, type RefChange } from './payloads.ts'
import type { Change } from './records.ts'
import { fullName, type Repository } from './repositories.ts'
import { suitePayload } from './suites.ts'
import type { World } from './world.ts'

/** What came by a push or by the API: emulate follows, changes follow, the app is told. In this order, as on GitHub. */
export async function refsChanged(
  world: World,
  repository: Repository,
  moves: RefChange[],
  pusher: string,
): Promise<void> {
  await mirrorMoves(world, repository, moves)
  for (const move of moves) {
    if (move.before === nothing) await tell(world, 'create', repository, pusher, refPayload(repository, move))
    await tellPush(world, repository, move, pusher)
    await tellSuite(world, repository, move, pusher)
    if (move.after === nothing) await tell(world, 'delete', repository, pusher, refPayload(repository, move))
    if (!move.ref.startsWith('refs/heads/')) continue
    for (const change of openChanges(world)) await follow(world, repository, move, change, pusher)
  }
}

async function mirrorMoves(world: World, repository: Repository, moves: RefChange[]): Promise<void> {
  for (const { ref, after } of moves) {
    const commit = after === nothing ? undefined : await commitOf(repository.dir, after)
    if (commit) await mirrorCommits(world, repository, [commit])
    await mirrorRef(world, repository, ref, commit)
  }
}

async function tellPush(
  world: World,
  repository: Repository,
  move: RefChange,
  pusher: string,
): Promise<void> {
  const payload = await pushPayload(world, repository, move, pusher)
  await tell(world, 'push', repository, pusher, payload)
}

/** Every app that may write checks is asked for a suite of each commit that comes to a branch. */
async function tellSuite(
  world: World,
  repository: Repository,
  move: RefChange,
  pusher: string,
): Promise<void> {
  if (move.after === nothing || !move.ref.startsWith('refs/heads/')) return
  if (!world.installation.reaches(repository) || world.seed.permissions.checks !== 'write') return
  const path = `/repos/${fullName(repository)}/check-suites`
  const wanted = { head_sha: world.commits.emulates(move.after), head_branch: shortRef(move.ref) }
  const { body } = await world.emulate.as(masterOf(world, repository), 'POST', path, wanted)
  const payload = {
    action: 'requested',
    check_suite: await suitePayload(world, repository, numberAt(body, 'id')),
  }
  await tell(world, 'check_suite', repository, pusher, payload)
}

async function follow(
  world: World,
  repository: Repository,
  move: RefChange,
  change: Change,
  by: string,
): Promise<void> {
  const branch = shortRef(move.ref)
  const isHead = change.headRepository === repository.id && change.headRef === branch
  const isBase = change.repository === repository.id && change.baseRef === branch
  if (!isHead && !isBase) return
  const base = world.repositories.byId(change.repository)
  if (!base) return
  if (move.after === nothing)
    return isHead ? close(world, base, change, by) : retarget(world, base, change, by)
  if (isHead) await moveHead(world, base, repository, change, move, by)
  if (isBase) await moveBase(world, base, change, move, by)
}

async function moveHead(
  world: World,
  base: Repository,
  head: Repository,
  change: Change,
  move: RefChange,
  by: string,
): Promise<void> {
  await fetchHead(base, head, change.number, move.after)
  if (base.id !== head.id) await mirrorCommits(world, base, [move.after])
  const baseTip = await commitOf(base.dir, change.baseRef)
  Object.assign(change, { head: move.after, base: baseTip ?? change.base })
  await recount(base, change)
  await tellOfChange(world, base, change, 'synchronize', by, { before: move.before, after: move.after })
}

/** A head that its base branch has taken in is merged, whoever pushed that. */
async function moveBase(
  world: World,
  base: Repository,
  change: Change,
  move: RefChange,
  by: string,
): Promise<void> {
  if (!change.open) return
  if (await isTakenIn(base, change, move.after)) {
    change.merged = { at: new Date().toISOString(), by, commit: move.after }
    return close(world, base, change, by)
  }
  const known = { ...change, base: move.after }
  await recount(base, known)
  change.mergeable = known.mergeable
}

/** A change on top of one that was merged goes on to where that went; on top of anything else that is gone, it is closed. */
async function retarget(world: World, base: Repository, change: Change, by: string): Promise<void> {
  const below = [...world.changes.values()].find(
    (one) => one.merged && one.headRepository === base.id && one.headRef === change.baseRef,
  )
  const tip = below && (await commitOf(base.dir, `refs/heads/${below.baseRef}`))
  if (!below || !tip) return close(world, base, change, by)
  const changes = { base: { ref: { from: change.baseRef }, sha: { from: change.base } } }
  const path = `/repos/${fullName(base)}/pulls/${change.number}`
  await world.emulate.as(masterOf(world, base), 'PATCH', path, { base: below.baseRef })
  Object.assign(change, { baseRef: below.baseRef, base: tip })
  await recount(base, change)
  await tellOfChange(world, base, change, 'edited', by, { changes })
}

async function close(world: World, base: Repository, change: Change, by: string): Promise<void> {
  const path = `/repos/${fullName(base)}/pulls/${change.number}`
  await world.emulate.as(masterOf(world, base), 'PATCH', path, { state: 'closed' })
  change.open = false
  await tellOfChange(world, base, change, 'closed', by)
}

/** Sends `pull_request` with the record of now. */
export async function tellOfChange(
  world: World,
  base: Repository,
  change: Pick<Change, 'number'>,
  action: string,
  by: string,
  more: Record<string, unknown> = {},
): Promise<void> {
  const record = await inside(world, base, `/pulls/${change.number}`)
  const payload = { action, number: change.number, ...more, pull_request: record }
  await tell(world, 'pull_request', base, by, payload)
}
