import type { Json } from '../../../src/demo/github/json.ts'
import { showDeployment } from './deployment-view.ts'
import { among, choice, faulty, iso, optional, required } from './fields.ts'
import { paged } from './pages.ts'
import type { Environment } from './records.ts'
import type { Route } from './routes.ts'
import { demand, developer, projectOf, Refusal, signedIn } from './world.ts'
import type { Answer, Asked, Project, World } from './world.ts'

export const environmentRoutes: Route[] = [
  ['GET', '/projects/:id/environments', list],
  ['POST', '/projects/:id/environments', create],
  ['GET', '/projects/:id/environments/:environment', one],
  ['PUT', '/projects/:id/environments/:environment', update],
  ['DELETE', '/projects/:id/environments/:environment', remove],
  ['POST', '/projects/:id/environments/:environment/stop', stop],
]

const tiers = ['production', 'staging', 'testing', 'development', 'other'] as const

/** A new one of this name; throws if GitLab would not have it. */
export function addEnvironment(world: World, project: Project, name: string): Environment {
  if (project.environments.some((other) => other.name === name))
    throw faulty({ name: ['has already been taken'], slug: ['has already been taken'] })
  if (name.length > 255) throw faulty({ name: ['is too long (maximum is 255 characters)'] })
  if (!/^[a-zA-Z0-9 ${}._-][a-zA-Z0-9 ${}._/-]*$/.test(name) || name.endsWith('/'))
    throw faulty({ name: [wrongName] })
  const now = Date.now()
  const environment: Environment = {
    ...{ id: world.nextId(), name, externalUrl: null, tier: 'other' },
    ...{ state: 'available', createdAt: now, updatedAt: now },
  }
  project.environments.push(environment)
  return environment
}

const wrongName =
  "can contain only letters, digits, '-', '_', '/', '$', '{', '}', '.', and spaces, but it cannot start or end with '/'"

function list(asked: Asked): Answer {
  const project = projectOf(asked)
  signedIn(asked)
  const [name, search] = [optional(asked, 'name'), optional(asked, 'search')]
  const state = choice(asked, 'states', ['available', 'stopping', 'stopped'])
  if (name !== undefined && search !== undefined)
    throw new Refusal(400, { error: 'name, search cannot be used together' })
  if (search !== undefined && search.length < 3)
    throw new Refusal(400, '400 Bad request - Search query is less than 3 characters')
  const found = project.environments
    .filter(
      (one) => (name === undefined || one.name === name) && (state === undefined || one.state === state),
    )
    .filter((one) => search === undefined || one.name.includes(search))
    .sort((one, other) => one.name.localeCompare(other.name))
  return paged(asked, found, showEnvironment)
}

function one(asked: Asked): Answer {
  const project = projectOf(asked)
  signedIn(asked)
  const environment = environmentOf(asked, project)
  const last = project.deployments.filter((one) => one.environment === environment).at(-1)
  const shown = last ? showDeployment(asked.world, last) : null
  return { status: 200, body: { ...showEnvironment(environment), last_deployment: shown } }
}

function create(asked: Asked): Answer {
  const project = projectOf(asked)
  demand(asked, project, developer)
  const [name, url, tier] = [required(asked, 'name'), urlOf(asked), choice(asked, 'tier', tiers)]
  const environment = addEnvironment(asked.world, project, name)
  Object.assign(environment, { externalUrl: url ?? null, tier: tier ?? 'other' })
  return { status: 201, body: showEnvironment(environment) }
}

function update(asked: Asked): Answer {
  const project = projectOf(asked)
  demand(asked, project, developer)
  const environment = environmentOf(asked, project)
  const [url, tier] = [urlOf(asked), choice(asked, 'tier', tiers)]
  Object.assign(environment, {
    externalUrl: url ?? environment.externalUrl,
    tier: tier ?? environment.tier,
    updatedAt: Date.now(),
  })
  return { status: 200, body: showEnvironment(environment) }
}

/** Only what is stopped can go. */
function remove(asked: Asked): Answer {
  const project = projectOf(asked)
  demand(asked, project, developer)
  const environment = environmentOf(asked, project)
  if (environment.state !== 'stopped') throw new Refusal(403, '403 Forbidden')
  project.environments = project.environments.filter((other) => other !== environment)
  project.deployments = project.deployments.filter((other) => other.environment !== environment)
  return { status: 204 }
}

function stop(asked: Asked): Answer {
  const project = projectOf(asked)
  demand(asked, project, developer)
  const environment = environmentOf(asked, project)
  Object.assign(environment, { state: 'stopped', updatedAt: Date.now() })
  return { status: 200, body: showEnvironment(environment) }
}

function environmentOf(asked: Asked, project: Project): Environment {
  return among(project.environments, ({ id }) => String(id) === asked.params.environment)
}

function urlOf(asked: Asked): string | undefined {
  const url = optional(asked, 'external_url')
  if (url === undefined) return undefined
  if (url.length > 255) throw faulty({ external_url: ['is too long (maximum is 255 characters)'] })
  if (/^\s*(javascript|data|vbscript):/i.test(url))
    throw faulty({ external_url: ['javascript scheme is not allowed'] })
  return url
}

function showEnvironment(environment: Environment): Json {
  const { id, name, externalUrl, createdAt, updatedAt, tier, state } = environment
  return {
    id,
    name,
    slug: slugOf(environment),
    external_url: externalUrl,
    created_at: iso(createdAt),
    updated_at: iso(updatedAt),
    tier,
    state,
    auto_stop_at: null,
    auto_stop_setting: 'always',
    description: null,
    kubernetes_namespace: null,
    flux_resource_path: null,
    cluster_agent: null,
  }
}

function slugOf({ id, name }: Environment): string {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')
  return plain === name ? plain : `${plain.slice(0, 17)}-${id.toString(36).padStart(6, '0')}`
}
