import { commitOf } from './bare.ts'
import { demand, loginOf } from './callers.ts'
import { nodeId, personOf, recordOf, tell } from './events.ts'
import { textAt, type Json } from './json.ts'
import type { Status } from './records.ts'
import { fullName, type Repository } from './repositories.ts'
import { repositoryOf } from './routes.ts'
import { answer, invalid, paged, Refusal, type ApiRequest, type Route, type World } from './world.ts'

const states = ['error', 'failure', 'pending', 'success']
const mostOfOneContext = 1000

export const statusRoutes: Route[] = [
  ['POST', '/repos/:owner/:repo/statuses/:sha', create],
  ['GET', '/repos/:owner/:repo/commits/:ref+/statuses', list],
  ['GET', '/repos/:owner/:repo/statuses/:ref+', list],
  ['GET', '/repos/:owner/:repo/commits/:ref+/status', combined],
]

async function create(request: ApiRequest, params: Record<string, string>) {
  const { world, body } = request
  const repository = repositoryOf(request, params)
  await demand(world, request.caller, repository, 'statuses', 'write')
  const sha = params.sha ?? ''
  if (!/^[0-9a-f]{40}$/.test(sha) || (await commitOf(repository.dir, sha)) !== sha)
    throw new Refusal(422, `No commit found for SHA: ${sha}`)
  const state = textAt(body, 'state')
  const context = textAt(body, 'context') || 'default'
  if (!states.includes(state)) throw invalid('Status', 'state')
  if (textAt(body, 'description').length > 140) throw invalid('Status', 'description')
  const same = ofCommit(world, repository, sha).filter((one) => one.context === context)
  if (same.length >= mostOfOneContext)
    throw invalid('Status', 'context', {
      message: 'This SHA and context has reached the maximum number of statuses.',
    })
  const status: Status = {
    ...{ id: world.nextId(), repository: repository.id, sha, state, context },
    description: textAt(body, 'description') || null,
    targetUrl: textAt(body, 'target_url') || null,
    by: loginOf(request.caller),
    at: new Date().toISOString(),
  }
  world.statuses.push(status)
  const record = await recordOfStatus(world, repository, status)
  await tell(world, 'status', repository, status.by, { ...record, sha, name: fullName(repository) })
  return answer(201, record)
}

/** All of a commit, newest first. */
async function list(request: ApiRequest, params: Record<string, string>) {
  const { repository, sha } = await commitAsked(request, params)
  const { world } = request
  const page = paged(request, ofCommit(world, repository, sha).reverse())
  const records = (page.body as Status[]).map((one) => recordOfStatus(world, repository, one))
  return { ...page, body: await Promise.all(records) }
}

/** The latest of each context, and what they come to. */
async function combined(request: ApiRequest, params: Record<string, string>) {
  const { repository, sha } = await commitAsked(request, params)
  const { world } = request
  const latest = [...new Map(ofCommit(world, repository, sha).map((one) => [one.context, one])).values()]
  const url = `${world.base}/api/v3/repos/${fullName(repository)}`
  return answer(200, {
    state: stateOf(latest),
    statuses: await Promise.all(latest.map((one) => recordOfStatus(world, repository, one))),
    sha,
    total_count: latest.length,
    repository: await recordOf(world, repository),
    commit_url: `${url}/commits/${sha}`,
    url: `${url}/commits/${sha}/status`,
  })
}

async function commitAsked(request: ApiRequest, params: Record<string, string>) {
  const repository = repositoryOf(request, params)
  await demand(request.world, request.caller, repository, 'statuses', 'read')
  const sha = await commitOf(repository.dir, (params.ref ?? '').replace(/^(heads|tags)\//, ''))
  if (!sha) throw new Refusal(422, `No commit found for SHA: ${params.ref}`)
  return { repository, sha }
}

function ofCommit(world: World, repository: Repository, sha: string): Status[] {
  return world.statuses.filter((one) => one.repository === repository.id && one.sha === sha)
}

function stateOf(latest: Status[]): string {
  if (latest.some(({ state }) => state === 'error' || state === 'failure')) return 'failure'
  return latest.length > 0 && latest.every(({ state }) => state === 'success') ? 'success' : 'pending'
}

async function recordOfStatus(world: World, repository: Repository, status: Status): Promise<Json> {
  const creator = await personOf(world, status.by)
  return {
    url: `${world.base}/api/v3/repos/${fullName(repository)}/statuses/${status.sha}`,
    avatar_url: creator.avatar_url ?? null,
    id: status.id,
    node_id: nodeId('StatusContext', status.id),
    state: status.state,
    description: status.description,
    target_url: status.targetUrl,
    context: status.context,
    created_at: status.at,
    updated_at: status.at,
    creator,
  }
}
