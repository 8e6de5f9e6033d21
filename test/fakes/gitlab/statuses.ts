import { commitOf, git } from '../../../src/demo/github/bare.ts'
import type { Json } from '../../../src/demo/github/json.ts'
import { choice, faulty, flag, iso, number, optional, required } from './fields.ts'
import { paged } from './pages.ts'
import { showPerson } from './people.ts'
import { statusStates, type Pipeline, type Status, type StatusState } from './records.ts'
import type { Route } from './routes.ts'
import { demand, developer, projectOf, Refusal, signedIn } from './world.ts'
import type { Account, Answer, Asked, Project, World } from './world.ts'

export const statusRoutes: Route[] = [
  ['POST', '/projects/:id/statuses/:sha', set],
  ['GET', '/projects/:id/repository/commits/:sha/statuses', list],
]

async function set(asked: Asked): Promise<Answer> {
  const project = projectOf(asked)
  const author = demand(asked, project, developer)
  required(asked, 'state')
  const state = choice(asked, 'state', statusStates) ?? 'pending'
  const sha = await commitOf(project.dir, asked.params.sha ?? '')
  if (sha === undefined) throw new Refusal(404, '404 Commit Not Found')
  const given = pipelineOf(asked, project, sha)
  const ref = optional(asked, 'ref') ?? given?.ref ?? (await branchWith(project, sha))
  if (ref === undefined) throw new Refusal(404, '404 References for commit Not Found')
  const name = optional(asked, 'name') ?? optional(asked, 'context') ?? 'default'

  const pipeline = given ?? newPipeline(asked.world, project, sha, ref, author)
  const underway = project.statuses.find(
    (one) =>
      one.pipeline === pipeline &&
      one.name === name &&
      one.ref === ref &&
      one.author === author &&
      isOpen(one),
  )
  const texts = textsOf(asked, underway)
  if (underway) transition(underway.state, state)
  const status = underway ?? newStatus(asked.world, project, { sha, ref, name, pipeline, author })
  Object.assign(status, texts, { state }, timesOf(status, state))
  pipeline.updatedAt = Date.now()
  return { status: 201, body: show(asked.world, status) }
}

/** The one that was named, or else the newest of the commit, and of the ref if there is one. */
function pipelineOf(asked: Asked, project: Project, sha: string): Pipeline | undefined {
  const [wanted, ref] = [number(asked, 'pipeline_id'), optional(asked, 'ref')]
  const found = project.pipelines
    .filter((one) => one.sha === sha && (ref === undefined || one.ref === ref))
    .filter(({ id }) => wanted === undefined || id === wanted)
    .at(-1)
  if (!found && wanted !== undefined)
    throw new Refusal(404, '404 Pipeline for pipeline_id, sha and ref Not Found')
  return found
}

/** Commits of forks are on no branch of the project. */
async function branchWith(project: Project, sha: string): Promise<string | undefined> {
  const args = ['for-each-ref', `--contains=${sha}`, '--format=%(refname)', 'refs/heads']
  return (await git(project.dir, args)).split('\n')[0]?.slice('refs/heads/'.length) || undefined
}

function newPipeline(world: World, project: Project, sha: string, ref: string, by: Account): Pipeline {
  const now = Date.now()
  const iid = project.pipelines.length + 1
  const pipeline = { id: world.nextId(), iid, sha, ref, by, createdAt: now, updatedAt: now }
  project.pipelines.push(pipeline)
  return pipeline
}

/** A status that ended stays as it is: what comes after it takes its place. */
function newStatus(
  world: World,
  project: Project,
  what: Pick<Status, 'sha' | 'ref' | 'name' | 'pipeline' | 'author'>,
): Status {
  for (const older of project.statuses)
    if (older.pipeline === what.pipeline && older.name === what.name) older.retried = true
  const status: Status = {
    ...{ id: world.nextId(), ...what, state: 'pending', retried: false, createdAt: Date.now() },
    ...{ targetUrl: null, description: null, coverage: null, startedAt: null, finishedAt: null },
  }
  project.statuses.push(status)
  return status
}

const verbs: Record<StatusState, string> = {
  ...{ pending: 'enqueue', running: 'run', success: 'success' },
  ...{ failed: 'drop', canceled: 'cancel', skipped: 'skip' },
}

function transition(from: StatusState, to: StatusState): void {
  const refused = to === 'pending' || (from === 'running' && to === 'running') || to === 'skipped'
  if (!refused) return
  const verb = verbs[to]
  const reason = `(Reason(s): Status cannot transition via "${verb}")`
  throw new Refusal(400, `Cannot transition status via :${verb} from :${from} ${reason}`)
}

function isOpen({ state }: Status): boolean {
  return state === 'pending' || state === 'running'
}

function textsOf(
  asked: Asked,
  before: Status | undefined,
): Pick<Status, 'targetUrl' | 'description' | 'coverage'> {
  const targetUrl = optional(asked, 'target_url') ?? before?.targetUrl ?? null
  const description = optional(asked, 'description') ?? before?.description ?? null
  const coverage = optional(asked, 'coverage')
  const tooLong = ['is too long (maximum is 255 characters)']
  if (targetUrl !== null && targetUrl.length > 255) throw faulty({ target_url: tooLong })
  if (targetUrl !== null && !/^https?:\/\/./.test(targetUrl))
    throw faulty({ target_url: ['is blocked: Only allowed schemes are http, https'] })
  if (description !== null && description.length > 255) throw faulty({ description: tooLong })
  return {
    targetUrl,
    description,
    coverage: coverage === undefined ? (before?.coverage ?? null) : Number(coverage),
  }
}

function timesOf(status: Status, state: StatusState): Pick<Status, 'startedAt' | 'finishedAt'> {
  const now = Date.now()
  return {
    startedAt: state === 'pending' ? null : (status.startedAt ?? now),
    finishedAt: state === 'pending' || state === 'running' ? null : now,
  }
}

async function list(asked: Asked): Promise<Answer> {
  const project = projectOf(asked)
  signedIn(asked)
  const sha = await commitOf(project.dir, asked.params.sha ?? '')
  if (sha === undefined) throw new Refusal(404, '404 Commit Not Found')
  const [ref, name] = [optional(asked, 'ref'), optional(asked, 'name')]
  const [pipeline, all] = [number(asked, 'pipeline_id'), flag(asked, 'all') === true]
  const falling = choice(asked, 'sort', ['asc', 'desc']) === 'desc'
  const found = project.statuses
    .filter((one) => one.sha === sha && (all || !one.retried))
    .filter((one) => (ref === undefined || one.ref === ref) && (name === undefined || one.name === name))
    .filter((one) => pipeline === undefined || one.pipeline.id === pipeline)
    .sort((one, other) => (falling ? other.id - one.id : one.id - other.id))
  return paged(asked, found, (one) => show(asked.world, one))
}

function show(world: World, status: Status): Json {
  return {
    id: status.id,
    sha: status.sha,
    ref: status.ref,
    status: status.state,
    name: status.name,
    target_url: status.targetUrl,
    description: status.description,
    created_at: iso(status.createdAt),
    started_at: iso(status.startedAt),
    finished_at: iso(status.finishedAt),
    allow_failure: false,
    coverage: status.coverage,
    pipeline_id: status.pipeline.id,
    author: showPerson(world, status.author),
  }
}
