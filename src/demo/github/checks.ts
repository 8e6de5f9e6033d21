import { commitOf } from './bare.ts'
import { loginOf } from './callers.ts'
import { inside, tell } from './events.ts'
import { at, numberAt, textAt } from './json.ts'
import { repositoryOf } from './routes.ts'
import { Refusal, type ApiRequest, type Route } from './world.ts'

/** Checks: emulate keeps them. That the commit exists, and the webhooks, are ours. */
export const checkRoutes: Route[] = [
  ['POST', '/repos/:owner/:repo/check-runs', create],
  ['PATCH', '/repos/:owner/:repo/check-runs/:id', update],
  ['POST', '/repos/:owner/:repo/check-runs/:id/rerequest', rerequestRun],
  ['POST', '/repos/:owner/:repo/check-suites/:id/rerequest', rerequestSuite],
]

async function create(request: ApiRequest, params: Record<string, string>) {
  const repository = repositoryOf(request, params)
  const commit = textAt(request.body, 'head_sha')
  if (!(await commitOf(repository.dir, commit))) throw new Refusal(422, `No commit found for SHA: ${commit}`)
  mostAnnotations(request)
  const got = await request.pass()
  if (got.status === 201) await tellOfRun(request, params, numberAt(got.body, 'id'), 'created')
  return got
}

async function update(request: ApiRequest, params: Record<string, string>) {
  const repository = repositoryOf(request, params)
  mostAnnotations(request)
  const before = await inside(request.world, repository, `/check-runs/${params.id}`)
  const got = await request.pass()
  const done = textAt(got.body, 'status') === 'completed' && textAt(before, 'status') !== 'completed'
  if (got.status === 200 && done) await tellOfRun(request, params, Number(params.id), 'completed')
  return got
}

async function rerequestRun(request: ApiRequest, params: Record<string, string>) {
  const got = await request.pass()
  if (got.status === 201) await tellOfRun(request, params, Number(params.id), 'rerequested')
  return got.status === 201 ? { ...got, body: {} } : got
}

async function rerequestSuite(request: ApiRequest, params: Record<string, string>) {
  const repository = repositoryOf(request, params)
  const got = await request.pass()
  if (got.status !== 201) return got
  const suite = await inside(request.world, repository, `/check-suites/${params.id}`)
  const payload = { action: 'rerequested', check_suite: suite }
  await tell(request.world, 'check_suite', repository, loginOf(request.caller), payload)
  return { ...got, body: {} }
}

async function tellOfRun(request: ApiRequest, params: Record<string, string>, id: number, action: string) {
  const repository = repositoryOf(request, params)
  const run = await inside(request.world, repository, `/check-runs/${id}`)
  await tell(request.world, 'check_run', repository, loginOf(request.caller), { action, check_run: run })
}

function mostAnnotations(request: ApiRequest): void {
  const annotations = at(request.body, 'output', 'annotations')
  if (Array.isArray(annotations) && annotations.length > 50)
    throw new Refusal(422, 'Invalid request.\n\nNo more than 50 items are allowed; got more in annotations.')
}
