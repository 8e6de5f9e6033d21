import { nodeId, personOf } from './events.ts'
import type { Json } from './json.ts'
import { appRecord } from './present.ts'
import type { Deployment, DeploymentStatus } from './records.ts'
import { fullName, type Repository } from './repositories.ts'
import type { World } from './world.ts'

export async function deploymentRecord(
  world: World,
  repository: Repository,
  deployment: Deployment,
): Promise<Json> {
  const url = urlOf(world, repository, deployment)
  return {
    url,
    id: deployment.id,
    node_id: nodeId('Deployment', deployment.id),
    sha: deployment.sha,
    ref: deployment.ref,
    task: deployment.task,
    payload: deployment.payload,
    original_environment: deployment.environment,
    environment: deployment.environment,
    description: deployment.description,
    creator: await personOf(world, deployment.by),
    created_at: deployment.at,
    updated_at: deployment.statuses.at(-1)?.at ?? deployment.at,
    statuses_url: `${url}/statuses`,
    repository_url: `${world.base}/api/v3/repos/${fullName(repository)}`,
    transient_environment: deployment.transient,
    production_environment: deployment.production,
    performed_via_github_app: byApp(world, deployment.by),
  }
}

export async function deploymentStatusRecord(
  world: World,
  repository: Repository,
  deployment: Deployment,
  status: DeploymentStatus,
): Promise<Json> {
  const url = urlOf(world, repository, deployment)
  return {
    url: `${url}/statuses/${status.id}`,
    id: status.id,
    node_id: nodeId('DeploymentStatus', status.id),
    state: status.state,
    creator: await personOf(world, status.by),
    description: status.description,
    environment: status.environment,
    target_url: status.logUrl,
    created_at: status.at,
    updated_at: status.at,
    deployment_url: url,
    repository_url: `${world.base}/api/v3/repos/${fullName(repository)}`,
    environment_url: status.environmentUrl,
    log_url: status.logUrl,
    performed_via_github_app: byApp(world, status.by),
  }
}

function urlOf(world: World, repository: Repository, deployment: Deployment): string {
  return `${world.base}/api/v3/repos/${fullName(repository)}/deployments/${deployment.id}`
}

function byApp(world: World, login: string): Json | null {
  return login === `${world.seed.app.slug}[bot]` ? appRecord(world) : null
}
