import { commitOf, isAncestor, mergedTree } from './bare.ts'
import { demand, loginOf } from './callers.ts'
import { deploymentRecord as record, deploymentStatusRecord as statusRecord } from './deployment-records.ts'
import { tell } from './events.ts'
import { at, textAt } from './json.ts'
import type { Deployment, DeploymentStatus } from './records.ts'
import type { Repository } from './repositories.ts'
import { repositoryOf } from './routes.ts'
import { answer, invalid, paged, Refusal, type ApiRequest, type Route, type World } from './world.ts'

const states = ['error', 'failure', 'inactive', 'in_progress', 'queued', 'pending', 'success']
const under = '/repos/:owner/:repo/deployments'

export const deploymentRoutes: Route[] = [
  ['GET', under, list],
  ['POST', under, create],
  ['GET', `${under}/:id`, one],
  ['DELETE', `${under}/:id`, remove],
  ['GET', `${under}/:id/statuses`, statuses],
  ['POST', `${under}/:id/statuses`, addStatus],
  ['GET', `${under}/:id/statuses/:status`, status],
]

async function list(request: ApiRequest, params: Record<string, string>) {
  const { world, query } = request
  const repository = repositoryOf(request, params)
  await demand(world, request.caller, repository, 'deployments', 'read')
  const fits = (one: Deployment) =>
    (['sha', 'ref', 'task', 'environment'] as const).every(
      (key) => !query.has(key) || query.get(key) === one[key],
    )
  const found = world.deployments.filter((one) => one.repository === repository.id && fits(one)).reverse()
  const page = paged(request, found)
  return {
    ...page,
    body: await Promise.all((page.body as Deployment[]).map((item) => record(world, repository, item))),
  }
}

async function create(request: ApiRequest, params: Record<string, string>) {
  const { world, body } = request
  const repository = repositoryOf(request, params)
  await demand(world, request.caller, repository, 'deployments', 'write')
  const ref = textAt(body, 'ref')
  const sha = await commitOf(repository.dir, ref)
  if (!sha) throw new Refusal(422, `No ref found for: ${ref}`)
  // merging the default branch in first is what GitHub does unless told not to
  if (at(body, 'auto_merge') !== false) await refuseIfBehind(repository, sha)
  refuseUnlessGreen(world, repository, sha, at(body, 'required_contexts'))
  const environment = textAt(body, 'environment') || 'production'
  const deployment: Deployment = {
    ...{ id: world.nextId(), repository: repository.id, sha, ref, environment },
    task: textAt(body, 'task') || 'deploy',
    payload: at(body, 'payload') ?? {},
    description: textAt(body, 'description') || null,
    transient: at(body, 'transient_environment') === true,
    production: (at(body, 'production_environment') ?? environment === 'production') === true,
    by: loginOf(request.caller),
    at: new Date().toISOString(),
    statuses: [],
  }
  world.deployments.push(deployment)
  const shown = await record(world, repository, deployment)
  await tell(world, 'deployment', repository, deployment.by, { action: 'created', deployment: shown })
  return answer(201, shown)
}

async function refuseIfBehind(repository: Repository, sha: string): Promise<void> {
  const tip = await commitOf(repository.dir, `refs/heads/${repository.defaultBranch}`)
  if (!tip || (await isAncestor(repository.dir, tip, sha))) return
  const clean = await mergedTree(repository.dir, sha, tip)
  if (!clean) throw new Refusal(409, `Conflict merging ${repository.defaultBranch} into ${sha}.`)
  throw new Refusal(202, `Auto-merged ${repository.defaultBranch} into ${sha} on deployment.`)
}

/** No list means: all statuses there are must be green, an empty one: none is asked for. */
function refuseUnlessGreen(world: World, repository: Repository, sha: string, required: unknown): void {
  const contexts = Array.isArray(required) ? (required as unknown[]) : undefined
  const latest = new Map(
    world.statuses
      .filter((one) => one.repository === repository.id && one.sha === sha)
      .map((one) => [one.context, one.state]),
  )
  const wanted = contexts ?? [...latest.keys()]
  const missing = wanted.filter((context) => latest.get(String(context)) !== 'success')
  if (missing.length > 0)
    throw new Refusal(409, 'Conflict: Commit status checks failed for ' + sha, {
      errors: [{ resource: 'Deployment', field: 'required_contexts', code: 'invalid', contexts: missing }],
    })
}

async function one(request: ApiRequest, params: Record<string, string>) {
  const [repository, deployment] = await found(request, params, 'read')
  return answer(200, await record(request.world, repository, deployment))
}

/** Only an inactive one may go, unless it is the only one. */
async function remove(request: ApiRequest, params: Record<string, string>) {
  const [repository, deployment] = await found(request, params, 'write')
  const { world } = request
  const others = world.deployments.filter((other) => other.repository === repository.id).length > 1
  const state = deployment.statuses.at(-1)?.state
  if (others && state !== 'inactive')
    throw invalid('Deployment', 'state', {
      message:
        'We cannot delete an active deployment unless it is the only deployment in a given environment.',
    })
  world.deployments.splice(world.deployments.indexOf(deployment), 1)
  return answer(204)
}

async function statuses(request: ApiRequest, params: Record<string, string>) {
  const [repository, deployment] = await found(request, params, 'read')
  const page = paged(request, [...deployment.statuses].reverse())
  const { world } = request
  const shown = (page.body as DeploymentStatus[]).map((item) =>
    statusRecord(world, repository, deployment, item),
  )
  return { ...page, body: await Promise.all(shown) }
}

async function status(request: ApiRequest, params: Record<string, string>) {
  const [repository, deployment] = await found(request, params, 'read')
  const wanted = deployment.statuses.find(({ id }) => id === Number(params.status))
  if (!wanted) throw new Refusal(404, 'Not Found')
  return answer(200, await statusRecord(request.world, repository, deployment, wanted))
}

async function addStatus(request: ApiRequest, params: Record<string, string>) {
  const [repository, deployment] = await found(request, params, 'write')
  const { world, body } = request
  const state = textAt(body, 'state')
  if (!states.includes(state)) throw invalid('DeploymentStatus', 'state')
  if (textAt(body, 'description').length > 140) throw invalid('DeploymentStatus', 'description')
  const by = loginOf(request.caller)
  const environment = textAt(body, 'environment') || deployment.environment
  deployment.environment = environment
  const added = append(world, deployment, {
    ...{ state, environment, by, description: textAt(body, 'description') },
    environmentUrl: textAt(body, 'environment_url'),
    logUrl: textAt(body, 'log_url') || textAt(body, 'target_url'),
  })
  if (state === 'success' && at(body, 'auto_inactive') !== false) retireEarlier(world, deployment, by)
  const shown = await statusRecord(world, repository, deployment, added)
  const payload = {
    action: 'created',
    deployment_status: shown,
    deployment: await record(world, repository, deployment),
  }
  await tell(world, 'deployment_status', repository, by, payload)
  return answer(201, shown)
}

/** A success retires what was there before in the same environment, unless that was transient or for production. */
function retireEarlier(world: World, deployment: Deployment, by: string): void {
  const earlier = world.deployments.filter(
    (other) =>
      other.repository === deployment.repository &&
      other.environment === deployment.environment &&
      other.id < deployment.id &&
      !other.transient &&
      !other.production &&
      other.statuses.at(-1)?.state === 'success',
  )
  for (const other of earlier)
    append(world, other, {
      state: 'inactive',
      environment: other.environment,
      by,
      description: '',
      environmentUrl: '',
      logUrl: '',
    })
}

function append(
  world: World,
  deployment: Deployment,
  what: Omit<DeploymentStatus, 'id' | 'at'>,
): DeploymentStatus {
  const added = { id: world.nextId(), at: new Date().toISOString(), ...what }
  deployment.statuses.push(added)
  return added
}

async function found(
  request: ApiRequest,
  params: Record<string, string>,
  level: 'read' | 'write',
): Promise<[Repository, Deployment]> {
  const repository = repositoryOf(request, params)
  await demand(request.world, request.caller, repository, 'deployments', level)
  const deployment = request.world.deployments.find(
    (item) => item.id === Number(params.id) && item.repository === repository.id,
  )
  if (!deployment) throw new Refusal(404, 'Not Found')
  return [repository, deployment]
}
