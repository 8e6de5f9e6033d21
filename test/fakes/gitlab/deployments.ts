import { commitOf } from '../../../src/demo/github/bare.ts'
import { showDeployment } from './deployment-view.ts'
import { addEnvironment } from './environments.ts'
import { among, choice, faulty, flag, optional, required } from './fields.ts'
import { paged } from './pages.ts'
import { deploymentStates, type Deployment, type DeploymentState, type Environment } from './records.ts'
import type { Route } from './routes.ts'
import { demand, developer, projectOf, Refusal, signedIn } from './world.ts'
import type { Answer, Asked, Project } from './world.ts'

export const deploymentRoutes: Route[] = [
  ['GET', '/projects/:id/deployments', list],
  ['POST', '/projects/:id/deployments', create],
  ['GET', '/projects/:id/deployments/:deployment', one],
  ['PUT', '/projects/:id/deployments/:deployment', update],
]

function list(asked: Asked): Answer {
  const project = projectOf(asked)
  signedIn(asked)
  const name = optional(asked, 'environment')
  const state = choice(asked, 'status', ['created', ...deploymentStates, 'blocked', 'skipped'])
  const order = choice(asked, 'order_by', ['id', 'iid', 'created_at', 'updated_at', 'ref']) ?? 'id'
  const falling = choice(asked, 'sort', ['asc', 'desc']) === 'desc'
  const key = (deployment: Deployment) => (order === 'updated_at' ? deployment.updatedAt : deployment.id)
  const compare = (a: Deployment, b: Deployment) =>
    order === 'ref' ? a.ref.localeCompare(b.ref) : key(a) - key(b)
  const found = project.deployments
    .filter((one) => name === undefined || one.environment.name === name)
    .filter((one) => state === undefined || one.state === state)
    .sort((a, b) => (falling ? compare(b, a) : compare(a, b)))
  return paged(asked, found, (one) => showDeployment(asked.world, one))
}

function one(asked: Asked): Answer {
  const project = projectOf(asked)
  signedIn(asked)
  return { status: 200, body: showDeployment(asked.world, deploymentOf(asked, project)) }
}

async function create(asked: Asked): Promise<Answer> {
  const { world } = asked
  const project = projectOf(asked)
  const by = demand(asked, project, developer)
  for (const name of ['environment', 'sha', 'ref', 'tag', 'status']) required(asked, name)
  const state = choice(asked, 'status', deploymentStates) ?? 'running'
  const [name, sha, ref] = [required(asked, 'environment'), required(asked, 'sha'), required(asked, 'ref')]
  if ((await commitOf(project.dir, ref)) === undefined)
    throw faulty({ ref: ['The branch or tag does not exist'] })
  // the environment stays, even if the deployment is refused
  const known = project.environments.find((one) => one.name === name)
  const environment = known ?? addEnvironment(world, project, name)
  const commit = await commitOf(project.dir, sha)
  if (commit === undefined) throw faulty({ sha: ['The commit does not exist'] })
  const same = lastSuccess(project, environment)
  const tag = flag(asked, 'tag') === true
  // what succeeded last is not made again: it comes back as it is, and its environment stays as it is
  if (same && state === 'success' && same.ref === ref && same.sha === commit && same.tag === tag)
    return { status: 201, body: showDeployment(world, same) }
  const now = Date.now()
  const deployment: Deployment = {
    ...{ id: world.nextId(), iid: project.deployments.length + 1, environment, sha: commit, ref },
    ...{ tag, state, by, createdAt: now, updatedAt: now },
  }
  project.deployments.push(deployment)
  follow(deployment)
  return { status: 201, body: showDeployment(world, deployment) }
}

function lastSuccess(project: Project, environment: Environment): Deployment | undefined {
  return project.deployments
    .filter((one) => one.environment === environment && one.state === 'success')
    .sort((one, other) => one.updatedAt - other.updatedAt || one.id - other.id)
    .at(-1)
}

function update(asked: Asked): Answer {
  const project = projectOf(asked)
  demand(asked, project, developer)
  const deployment = deploymentOf(asked, project)
  required(asked, 'status')
  const state = choice(asked, 'status', deploymentStates) ?? 'running'
  if (!mayBecome(deployment.state, state))
    throw new Refusal(400, { message: { status: [`cannot transition via "${verbs[state]}"`] } })
  Object.assign(deployment, { state, updatedAt: Date.now() })
  follow(deployment)
  return { status: 200, body: showDeployment(asked.world, deployment) }
}

const verbs: Record<DeploymentState, string> = {
  running: 'run',
  success: 'succeed',
  failed: 'drop',
  canceled: 'cancel',
}

/** Nothing becomes what it is, and nothing begins a second time. */
function mayBecome(from: DeploymentState, to: DeploymentState): boolean {
  return from !== to && to !== 'running'
}

/** Only what succeeded makes an environment that was stopped available again. */
function follow({ environment, state }: Deployment): void {
  if (state === 'success') Object.assign(environment, { state: 'available', updatedAt: Date.now() })
}

function deploymentOf(asked: Asked, project: Project): Deployment {
  return among(project.deployments, ({ id }) => String(id) === asked.params.deployment)
}
