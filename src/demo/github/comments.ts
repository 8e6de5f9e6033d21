import { loginOf, rightOf } from './callers.ts'
import { inside, tell } from './events.ts'
import { issueOf } from './issues.ts'
import { textAt } from './json.ts'
import type { Repository } from './repositories.ts'
import { repositoryOf } from './routes.ts'
import { invalid, Refusal, type ApiRequest, type Route } from './world.ts'

/** Comments below issues and changes: emulate keeps them; who may edit them, and the webhooks, are ours. */
export const commentRoutes: Route[] = [
  ['POST', '/repos/:owner/:repo/issues/:number/comments', create],
  ['PATCH', '/repos/:owner/:repo/issues/comments/:id', edit],
  ['DELETE', '/repos/:owner/:repo/issues/comments/:id', remove],
]

async function create(request: ApiRequest, params: Record<string, string>) {
  const repository = repositoryOf(request, params)
  refuseLong(request)
  const got = await request.pass()
  if (got.status === 201) await tellOfComment(request, repository, 'created', got.body)
  return got
}

async function edit(request: ApiRequest, params: Record<string, string>) {
  const repository = repositoryOf(request, params)
  refuseLong(request)
  const before = await mayChange(request, repository, params)
  const got = await request.pass()
  if (got.status === 200)
    await tellOfComment(request, repository, 'edited', got.body, { body: { from: textAt(before, 'body') } })
  return got
}

async function remove(request: ApiRequest, params: Record<string, string>) {
  const repository = repositoryOf(request, params)
  const before = await mayChange(request, repository, params)
  const got = await request.pass()
  if (got.status === 204) await tellOfComment(request, repository, 'deleted', before)
  return got
}

function refuseLong({ body }: ApiRequest): void {
  const message = 'Body is too long (maximum is 65536 characters)'
  if (textAt(body, 'body').length > 65_536) throw invalid('IssueComment', 'body', { code: 'custom', message })
}

/** One's own, or with the right to write. */
async function mayChange(
  request: ApiRequest,
  repository: Repository,
  params: Record<string, string>,
): Promise<unknown> {
  const { world, caller } = request
  const comment = await inside(world, repository, `/issues/comments/${params.id}`)
  const author = textAt(comment, 'user', 'login')
  if (author === '') throw new Refusal(404, 'Not Found')
  if (caller.kind !== 'user' || caller.login === author) return comment
  const right = await rightOf(world, repository, caller.login)
  if (right !== 'admin' && right !== 'write') throw new Refusal(403, 'Must have admin rights to Repository.')
  return comment
}

async function tellOfComment(
  request: ApiRequest,
  repository: Repository,
  action: string,
  comment: unknown,
  changes?: unknown,
): Promise<void> {
  const { world } = request
  const number = /\/(\d+)$/.exec(textAt(comment, 'issue_url'))?.[1]
  const issue = await issueOf(world, repository, Number(number))
  await tell(world, 'issue_comment', repository, loginOf(request.caller), {
    action,
    ...(changes !== undefined && { changes }),
    issue,
    comment,
  })
}
