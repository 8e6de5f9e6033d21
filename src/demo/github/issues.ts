import { demand } from './callers.ts'
import { changeKey } from './changes.ts'
import { inside } from './events.ts'
import { isObject, listOf, numberAt, textAt, type Json } from './json.ts'
import type { Repository } from './repositories.ts'
import { repositoryOf } from './routes.ts'
import { answer, type ApiRequest, type Route, type World } from './world.ts'

/** To GitHub a pull request is an issue as well; emulate hides it there. */
export const issueRoutes: Route[] = [['GET', '/repos/:owner/:repo/issues/:number', get]]

/** The issue of a number, a pull request included. */
export async function issueOf(world: World, repository: Repository, number: number): Promise<unknown> {
  if (!world.changes.has(changeKey(repository.id, number)))
    return inside(world, repository, `/issues/${number}`)
  const change = await inside(world, repository, `/pulls/${number}`)
  const comments = listOf(await inside(world, repository, `/issues/${number}/comments?per_page=100`)).length
  return isObject(change) ? asIssue(change, comments) : change
}

async function get(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const repository = repositoryOf(request, params)
  const number = Number(params.number)
  if (!world.changes.has(changeKey(repository.id, number))) return request.pass()
  await demand(world, request.caller, repository, 'pull_requests', 'read')
  return answer(200, await issueOf(world, repository, number))
}

const shared = [
  'number',
  'title',
  'user',
  'labels',
  'state',
  'locked',
  'assignee',
  'assignees',
  'milestone',
].concat('created_at', 'updated_at', 'closed_at', 'author_association', 'draft', 'body')

function asIssue(change: Json, comments: number): Json {
  const url = textAt(change, 'issue_url')
  const page = textAt(change, 'html_url')
  return {
    url,
    repository_url: url.replace(/\/issues\/\d+$/, ''),
    labels_url: `${url}/labels{/name}`,
    comments_url: `${url}/comments`,
    events_url: `${url}/events`,
    html_url: page,
    // records of issues and of pull requests are counted apart
    id: 1_000_000 + numberAt(change, 'id'),
    node_id: Buffer.from(`0:Issue${numberAt(change, 'id')}`).toString('base64'),
    ...Object.fromEntries(shared.map((key) => [key, change[key]])),
    active_lock_reason: null,
    comments,
    pull_request: {
      url: change.url,
      html_url: page,
      diff_url: `${page}.diff`,
      patch_url: `${page}.patch`,
      merged_at: change.merged_at,
    },
    reactions: reactionsOf(url),
    timeline_url: `${url}/timeline`,
    performed_via_github_app: null,
    state_reason: null,
  }
}

function reactionsOf(url: string): Json {
  const none = Object.fromEntries(
    ['+1', '-1', 'laugh', 'hooray', 'confused', 'heart', 'rocket', 'eyes'].map((content) => [content, 0]),
  )
  return { url: `${url}/reactions`, total_count: 0, ...none }
}
