import { commitOf, isAncestor } from './bare.ts'
import { demand, loginOf, rightOf } from './callers.ts'
import { changeKey, fetchHead, openChanges, recount } from './changes.ts'
import { inside, labelsOf } from './events.ts'
import { issueOf } from './issues.ts'
import { at, listOf, numberAt, objectOf, textAt, type Json } from './json.ts'
import { merge } from './merge.ts'
import { mirrorCommits } from './mirror-push.ts'
import type { Change } from './records.ts'
import { tellOfChange } from './refs-changed.ts'
import type { Repository } from './repositories.ts'
import { changeOf, repositoryOf } from './routes.ts'
import { answer, invalid, Refusal, type ApiRequest, type Route, type World } from './world.ts'

/** Pull requests: emulate keeps the record, we keep where its ends are, and tell the app. */
export const pullRoutes: Route[] = [
  ['POST', '/repos/:owner/:repo/pulls', open],
  ['PATCH', '/repos/:owner/:repo/pulls/:number', edit],
  ['PUT', '/repos/:owner/:repo/pulls/:number/merge', merge],
  ['GET', '/repos/:owner/:repo/pulls/:number/files', files],
  ['GET', '/repos/:owner/:repo/pulls/:number/commits', commits],
  ['POST', '/repos/:owner/:repo/issues/:number/labels', relabel],
  ['PUT', '/repos/:owner/:repo/issues/:number/labels', relabel],
  ['DELETE', '/repos/:owner/:repo/issues/:number/labels', relabel],
  ['DELETE', '/repos/:owner/:repo/issues/:number/labels/:name', relabel],
]

async function open(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const repository = repositoryOf(request, params)
  const ends = await endsOf(world, repository, request.body)
  const got = await request.pass()
  if (got.status !== 201) return got
  const number = numberAt(got.body, 'number')
  const change: Change = {
    ...{ repository: repository.id, number, open: true, merged: undefined, ...ends },
    ...{ commits: 0, additions: 0, deletions: 0, files: 0, mergeable: true },
  }
  world.changes.set(changeKey(repository.id, number), change)
  await bringHead(world, repository, change)
  const by = loginOf(request.caller)
  await tellOfChange(world, repository, change, 'opened', by)
  return answer(201, await inside(world, repository, `/pulls/${number}`))
}

async function edit(request: ApiRequest, params: Record<string, string>) {
  const { world, body } = request
  const repository = repositoryOf(request, params)
  const change = changeOf(world, repository, params)
  const before = await inside(world, repository, `/pulls/${change.number}`)
  await mayEdit(request, repository, textAt(before, 'user', 'login'))
  const newBase = textAt(body, 'base')
  const tip = newBase ? await commitOf(repository.dir, newBase) : undefined
  if (newBase && !tip) throw invalid('PullRequest', 'base')
  if (textAt(body, 'state') === 'open' && !change.open) await reopen(world, repository, change)
  const got = await request.pass()
  if (got.status !== 200) return got
  const moved = tip !== undefined && newBase !== change.baseRef
  const from = { ref: { from: change.baseRef }, sha: { from: change.base } }
  if (moved) {
    Object.assign(change, { baseRef: newBase, base: tip })
    await recount(repository, change)
  }
  const after = await inside(world, repository, `/pulls/${change.number}`)
  change.open = textAt(after, 'state') === 'open'
  await tellEdits(request, repository, change, { before, after, base: moved ? from : undefined })
  return answer(200, after)
}

/** One event for each thing that was done, as if each had been done by itself. */
async function tellEdits(
  request: ApiRequest,
  repository: Repository,
  change: Change,
  done: { before: unknown; after: unknown; base: unknown },
): Promise<void> {
  const by = loginOf(request.caller)
  const differs = (key: string) => at(done.before, key) !== at(done.after, key)
  const tell = (action: string, more = {}) =>
    tellOfChange(request.world, repository, change, action, by, more)
  const changes: Json = Object.fromEntries(
    ['title', 'body'].filter(differs).map((key) => [key, { from: at(done.before, key) }]),
  )
  if (done.base) changes.base = done.base
  if (Object.keys(changes).length > 0) await tell('edited', { changes })
  if (differs('draft'))
    await tell(at(done.after, 'draft') === true ? 'converted_to_draft' : 'ready_for_review')
  if (differs('state')) await tell(change.open ? 'reopened' : 'closed')
}

/** A closed change does not follow its branch; reopened, it catches up, unless the branch is gone. */
async function reopen(world: World, repository: Repository, change: Change): Promise<void> {
  const head = world.repositories.byId(change.headRepository)
  const tip = head && (await commitOf(head.dir, `refs/heads/${change.headRef}`))
  if (change.merged || !tip)
    throw invalid('PullRequest', 'state', {
      message: 'state cannot be changed. The branch was deleted or merged.',
    })
  Object.assign(change, { head: tip, base: (await commitOf(repository.dir, change.baseRef)) ?? change.base })
  await bringHead(world, repository, change)
}

async function bringHead(world: World, repository: Repository, change: Change): Promise<void> {
  const head = world.repositories.byId(change.headRepository)
  if (!head) return
  await fetchHead(repository, head, change.number, change.head)
  if (head.id !== repository.id) await mirrorCommits(world, repository, [change.head])
  await recount(repository, change)
}

/** Where the ends are; emulate would invent a branch that is not there, GitHub refuses. */
async function endsOf(world: World, repository: Repository, body: unknown) {
  const [owner, ref] = textAt(body, 'head').includes(':')
    ? textAt(body, 'head').split(':', 2)
    : [repository.owner, textAt(body, 'head')]
  const own = owner?.toLowerCase() === repository.owner.toLowerCase()
  const headRepository = own ? repository : world.repositories.forkOf(repository, owner ?? '')
  const headRef = ref ?? ''
  const baseRef = textAt(body, 'base')
  const head = headRepository && (await commitOf(headRepository.dir, `refs/heads/${headRef}`))
  const base = await commitOf(repository.dir, `refs/heads/${baseRef}`)
  if (!headRepository || !head) throw invalid('PullRequest', 'head')
  if (!base) throw invalid('PullRequest', 'base')
  const same = openChanges(world).some(
    (one) =>
      one.repository === repository.id &&
      one.headRepository === headRepository.id &&
      one.headRef === headRef &&
      one.baseRef === baseRef,
  )
  if (same)
    throw invalid('PullRequest', 'base', {
      code: 'custom',
      message: `A pull request already exists for ${owner}:${headRef}.`,
    })
  if (await isAncestor(repository.dir, head, base))
    throw invalid('PullRequest', 'base', {
      code: 'custom',
      message: `No commits between ${baseRef} and ${headRef}`,
    })
  return { headRepository: headRepository.id, headRef, head, baseRef, base }
}

async function mayEdit(request: ApiRequest, repository: Repository, author: string): Promise<void> {
  const { world, caller } = request
  if (caller.kind === 'user' && caller.login === author) return
  await demand(world, caller, repository, 'pull_requests', 'write')
}

async function files(request: ApiRequest, params: Record<string, string>) {
  const compared = await compare(request, params)
  return answer(200, listOf(at(compared, 'files')))
}

async function commits(request: ApiRequest, params: Record<string, string>) {
  const compared = await compare(request, params)
  return answer(200, listOf(at(compared, 'commits')))
}

/** Emulate invents the files of a change; those of its comparison are the real ones. */
async function compare(request: ApiRequest, params: Record<string, string>): Promise<unknown> {
  const { world, query } = request
  const repository = repositoryOf(request, params)
  await demand(world, request.caller, repository, 'pull_requests', 'read')
  const change = changeOf(world, repository, params)
  const range = [change.base, change.head].map((id) => world.commits.emulates(id)).join('...')
  const page = query.size > 0 ? `?${query.toString()}` : ''
  return inside(world, repository, `/compare/${range}${page}`)
}

/** Labels of a change come as `pull_request`, where emulate tells of `issues`. */
async function relabel(request: ApiRequest, params: Record<string, string>) {
  const { world, caller } = request
  const repository = repositoryOf(request, params)
  if (caller.kind === 'user') {
    const right = await rightOf(world, repository, caller.login)
    if (right === 'read' || right === 'none') throw new Refusal(403, 'Must have admin rights to Repository.')
  }
  const number = Number(params.number)
  const before = labelsOf(await issueOf(world, repository, number))
  const got = await request.pass()
  const change = world.changes.get(changeKey(repository.id, number))
  if (got.status >= 300 || !change) return got
  const issue = await issueOf(world, repository, number)
  const now = labelsOf(issue)
  const by = loginOf(caller)
  for (const label of listOf(at(issue, 'labels')).filter((one) => !before.includes(textAt(one, 'name'))))
    await tellOfChange(world, repository, change, 'labeled', by, { label })
  for (const name of before.filter((one) => !now.includes(one))) {
    const label = objectOf(await inside(world, repository, `/labels/${encodeURIComponent(name)}`))
    await tellOfChange(world, repository, change, 'unlabeled', by, { label })
  }
  return got
}
