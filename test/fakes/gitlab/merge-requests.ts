import { commitOf } from '../../../src/demo/github/bare.ts'
import { among, choice, names, optional, required } from './fields.ts'
import { mergeChange } from './merge.ts'
import { editChange, mayEdit } from './merge-request-edit.ts'
import { showMergeRequest, showWhole } from './merge-request-view.ts'
import { tellMergeRequest } from './news.ts'
import { paged } from './pages.ts'
import type { MergeRequest } from './records.ts'
import { moveHead } from './refs-changed.ts'
import type { Route } from './routes.ts'
import { demand, developer, projectOf, Refusal, signedIn, type Answer, type Asked } from './world.ts'

export const mergeRequestRoutes: Route[] = [
  ['GET', '/projects/:id/merge_requests', list],
  ['POST', '/projects/:id/merge_requests', open],
  ['GET', '/projects/:id/merge_requests/:iid', one],
  ['PUT', '/projects/:id/merge_requests/:iid', edit],
  ['PUT', '/projects/:id/merge_requests/:iid/merge', merge],
]

/** The merge request of a path's `:id` and `:iid`. */
export function changeOf(asked: Asked): MergeRequest {
  const { mergeRequests } = projectOf(asked)
  return among(mergeRequests, ({ iid }) => String(iid) === asked.params.iid)
}

function list(asked: Asked): Answer {
  const project = projectOf(asked)
  const state = choice(asked, 'state', ['opened', 'closed', 'locked', 'merged', 'all']) ?? 'all'
  const order = choice(asked, 'order_by', ['created_at', 'updated_at', 'title']) ?? 'created_at'
  const rising = choice(asked, 'sort', ['asc', 'desc']) === 'asc'
  const iids = names(asked, 'iids') ?? names(asked, 'iids[]')
  const [source, target] = [optional(asked, 'source_branch'), optional(asked, 'target_branch')]
  const since = Date.parse(optional(asked, 'updated_after') ?? '')
  const found = project.mergeRequests.filter(
    (change) =>
      (state === 'all' || change.state === state) &&
      (!iids || iids.includes(String(change.iid))) &&
      (source === undefined || change.sourceBranch === source) &&
      (target === undefined || change.targetBranch === target) &&
      (Number.isNaN(since) || change.updatedAt >= since),
  )
  const key = (change: MergeRequest) => (order === 'updated_at' ? change.updatedAt : change.createdAt)
  const compare = (a: MergeRequest, b: MergeRequest) =>
    order === 'title' ? a.title.localeCompare(b.title) : key(a) - key(b) || a.id - b.id
  const all = found.sort((a, b) => (rising ? compare(a, b) : compare(b, a)))
  return paged(asked, all, (change) => showMergeRequest(asked.world, change))
}

async function one(asked: Asked): Promise<Answer> {
  return { status: 200, body: await showWhole(asked.world, changeOf(asked), asked.account) }
}

/** Asked of the source project: somebody who may write there offers a branch, to it or to what it was forked from. */
async function open(asked: Asked): Promise<Answer> {
  const { world } = asked
  const source = projectOf(asked)
  const author = demand(asked, source, developer)
  const [title, from, to] = ['title', 'source_branch', 'target_branch'].map((name) => required(asked, name))
  const target = projectOf(asked, optional(asked, 'target_project_id') ?? String(source.id))
  if (target !== source && source.forkedFrom !== target)
    throw unprocessable('Validate fork Source project is not a fork of the target project')
  const sha = await commitOf(source.dir, `refs/heads/${from}`)
  if (sha === undefined) throw unprocessable(`Source branch "${from}" does not exist`)
  if (!(await commitOf(target.dir, `refs/heads/${to}`)))
    throw unprocessable(`Target branch "${to}" does not exist`)
  if (source === target && from === to)
    throw unprocessable("You can't use same project/branch for source and target")
  const other = target.mergeRequests.find(
    (one) =>
      one.state === 'opened' && one.source === source && one.sourceBranch === from && one.targetBranch === to,
  )
  if (other) {
    const text = 'Another open merge request already exists for this source branch'
    throw new Refusal(409, { message: [`${text}: !${other.iid}`] })
  }
  const now = Date.now()
  const change: MergeRequest = {
    ...{ id: world.nextId(), iid: target.mergeRequests.length + 1, state: 'opened', author },
    ...{ title: title ?? '', description: optional(asked, 'description') ?? null },
    ...{ source, sourceBranch: from ?? '', target, targetBranch: to ?? '', sha },
    ...{ labels: names(asked, 'labels') ?? [], createdAt: now, updatedAt: now },
    ...{ closed: undefined, merged: undefined, notes: [] },
  }
  await moveHead(change, sha)
  target.mergeRequests.push(change)
  await tellMergeRequest(world, change, author, 'open')
  return { status: 201, body: await showWhole(world, change, author) }
}

async function edit(asked: Asked): Promise<Answer> {
  const change = changeOf(asked)
  const account = signedIn(asked)
  if (!mayEdit(change, account)) throw new Refusal(403, '403 Forbidden')
  await editChange(asked, change, account)
  return { status: 200, body: await showWhole(asked.world, change, account) }
}

async function merge(asked: Asked): Promise<Answer> {
  const change = changeOf(asked)
  const account = signedIn(asked)
  await mergeChange(asked, change, account)
  return { status: 200, body: await showWhole(asked.world, change, account) }
}

function unprocessable(fault: string): Refusal {
  return new Refusal(422, { message: [fault] })
}
