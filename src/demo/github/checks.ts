import { commitOf } from './bare.ts'
import { demand, loginOf } from './callers.ts'
import { inside, tell } from './events.ts'
import { at, listOf, numberAt, objectOf, textAt } from './json.ts'
import { repositoryOf } from './routes.ts'
import { suitePayload } from './suites.ts'
import { answer, paged, Refusal, type ApiRequest, type Route } from './world.ts'

/** Checks: emulate keeps them. That the commit exists, and the webhooks, are ours. */
export const checkRoutes: Route[] = [
  ['POST', '/repos/:owner/:repo/check-runs', create],
  ['PATCH', '/repos/:owner/:repo/check-runs/:id', update],
  ['POST', '/repos/:owner/:repo/check-runs/:id/rerequest', rerequestRun],
  ['GET', '/repos/:owner/:repo/check-runs/:id/annotations', annotations],
  ['POST', '/repos/:owner/:repo/check-suites/:id/rerequest', rerequestSuite],
]

async function create(request: ApiRequest, params: Record<string, string>) {
  const repository = repositoryOf(request, params)
  const commit = textAt(request.body, 'head_sha')
  if (!(await commitOf(repository.dir, commit))) throw new Refusal(422, `No commit found for SHA: ${commit}`)
  refuseTooMuch(request)
  const got = await request.pass()
  if (got.status !== 201) return got
  const id = numberAt(got.body, 'id')
  keepAnnotations(request, id)
  await tellOfRun(request, params, id, 'created')
  return answer(201, await inside(request.world, repository, `/check-runs/${id}`))
}

async function update(request: ApiRequest, params: Record<string, string>) {
  const repository = repositoryOf(request, params)
  refuseTooMuch(request)
  const before = await inside(request.world, repository, `/check-runs/${params.id}`)
  const got = await request.pass()
  if (got.status !== 200) return got
  keepAnnotations(request, Number(params.id))
  const done = textAt(got.body, 'status') === 'completed' && textAt(before, 'status') !== 'completed'
  if (done) await tellOfRun(request, params, Number(params.id), 'completed')
  return answer(200, await inside(request.world, repository, `/check-runs/${params.id}`))
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
  const suite = await suitePayload(request.world, repository, Number(params.id))
  const payload = { action: 'rerequested', check_suite: suite }
  await tell(request.world, 'check_suite', repository, loginOf(request.caller), payload)
  return { ...got, body: {} }
}

async function tellOfRun(request: ApiRequest, params: Record<string, string>, id: number, action: string) {
  const repository = repositoryOf(request, params)
  const run = objectOf(await inside(request.world, repository, `/check-runs/${id}`))
  const suite = await inside(request.world, repository, `/check-suites/${numberAt(run, 'check_suite', 'id')}`)
  const payload = { action, check_run: { ...run, check_suite: suite } }
  await tell(request.world, 'check_run', repository, loginOf(request.caller), payload)
}

/** Each update adds its annotations; emulate would replace those before, and forget their titles. */
function keepAnnotations({ world, body }: ApiRequest, run: number): void {
  const given = listOf(at(body, 'output', 'annotations')).map(objectOf)
  const kept = given.map((one) => ({
    ...{ start_column: null, end_column: null, title: null, raw_details: null, blob_href: '' },
    ...one,
  }))
  world.annotations.set(run, [...(world.annotations.get(run) ?? []), ...kept])
}

async function annotations(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  await demand(world, request.caller, repositoryOf(request, params), 'checks', 'read')
  return paged(request, world.annotations.get(Number(params.id)) ?? [])
}

function refuseTooMuch({ body }: ApiRequest): void {
  const given = at(body, 'output', 'annotations')
  if (Array.isArray(given) && given.length > 50)
    throw new Refusal(422, 'Invalid request.\n\nNo more than 50 items are allowed in annotations.')
  for (const key of ['summary', 'text'])
    if (textAt(body, 'output', key).length > 65_535)
      throw new Refusal(422, `Invalid request.\n\nOnly 65535 characters are allowed in ${key}.`)
}
