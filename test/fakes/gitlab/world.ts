import type { Json } from '../../../src/demo/github/json.ts'
import type { Deliveries } from './deliveries.ts'
import type { Deployment, Environment, MergeRequest, Pipeline, Status, WebHook } from './records.ts'

/** Roles, as numbers in answers of the API. */
export const guest = 10
export const reporter = 20
export const developer = 30
export const maintainer = 40
export const owner = 50

export interface Account {
  id: number
  username: string
  name: string
  token: string
}

export interface Namespace {
  id: number
  name: string
  path: string
  kind: 'group' | 'user'
  /** Role by id of the account. */
  members: Map<number, number>
}

export interface Project {
  id: number
  name: string
  path: string
  namespace: Namespace
  visibility: 'public' | 'private'
  defaultBranch: string
  createdAt: number
  /** The bare repository. */
  dir: string
  forkedFrom: Project | undefined
  labels: Map<string, number>
  mergeRequests: MergeRequest[]
  hooks: WebHook[]
  pipelines: Pipeline[]
  statuses: Status[]
  environments: Environment[]
  deployments: Deployment[]
}

export interface World {
  base: string
  folder: string
  accounts: Account[]
  projects: Project[]
  deliveries: Deliveries
  nextId(): number
  /** One after the other, so that nobody sees anything half done. */
  alone<T>(work: () => Promise<T>): Promise<T>
}

/** One request of the API, read. */
export interface Asked {
  world: World
  method: string
  path: string
  query: URLSearchParams
  /** Of the query and of the body, as GitLab takes them from both. */
  fields: Json
  /** Of the path, decoded. */
  params: Record<string, string>
  account: Account | undefined
}

export interface Answer {
  status: number
  body?: unknown
  headers?: Record<string, string>
}

/** Thrown where GitLab says no; `body` is what it says. */
export class Refusal extends Error {
  readonly status: number
  readonly body: Json

  constructor(status: number, body: Json | string) {
    super(`${status}: ${JSON.stringify(body)}`)
    this.status = status
    this.body = typeof body === 'string' ? { message: body } : body
  }
}

export function fullPath(project: Project): string {
  return `${project.namespace.path}/${project.path}`
}

/** The project of a path's `:id`, a number or a full path; what may not be seen is not there. */
export function projectOf(asked: Asked, id = asked.params.id ?? ''): Project {
  const found = findProject(asked.world, id)
  if (!found || !maySee(found, asked.account)) throw new Refusal(404, '404 Project Not Found')
  return found
}

export function findProject(world: World, id: string): Project | undefined {
  return world.projects.find((one) => String(one.id) === id || fullPath(one) === id)
}

export function roleOf(project: Project, account: Account | undefined): number {
  return account ? (project.namespace.members.get(account.id) ?? 0) : 0
}

export function maySee(project: Project, account: Account | undefined): boolean {
  return project.visibility === 'public' || roleOf(project, account) >= guest
}

export function signedIn({ account }: Asked): Account {
  if (!account) throw new Refusal(401, '401 Unauthorized')
  return account
}

/** Refuses whom has not the role in the project. */
export function demand(asked: Asked, project: Project, role: number): Account {
  const account = signedIn(asked)
  if (roleOf(project, account) < role) throw new Refusal(403, '403 Forbidden')
  return account
}
