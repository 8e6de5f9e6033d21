import path from 'node:path'
import { commitOf, git, refsOf } from '../../../src/demo/github/bare.ts'
import type { Json } from '../../../src/demo/github/json.ts'
import { commitInfo, makeRepository } from './commits.ts'
import { choice, flag, number, optional } from './fields.ts'
import { keyset, paged } from './pages.ts'
import { addresses, showProject } from './project-view.ts'
import type { Route } from './routes.ts'
import * as at from './world.ts'
import type { Account, Answer, Asked, Namespace, Project, World } from './world.ts'

export const projectRoutes: Route[] = [
  ['GET', '/projects', listProjects],
  ['GET', '/projects/:id', oneProject],
  ['PUT', '/projects/:id', editProject],
  ['GET', '/projects/:id/forks', listForks],
  ['POST', '/projects/:id/fork', fork],
  ['GET', '/projects/:id/repository/branches', listBranches],
  ['GET', '/projects/:id/repository/branches/:branch', oneBranch],
  ['GET', '/projects/:id/repository/commits/:sha', oneCommit],
]

/** Puts an empty project there, with its repository. */
export async function addProject(
  world: World,
  given: { id: number; path: string; namespace: Namespace; createdAt: number; forkedFrom?: Project },
): Promise<Project> {
  const dir = path.join(world.folder, 'repositories', `${given.id}.git`)
  const { forkedFrom } = given
  await makeRepository(world, dir, given.namespace)
  const project: Project = {
    ...given,
    ...{ name: forkedFrom?.name ?? given.path, visibility: 'public', defaultBranch: 'main', dir, forkedFrom },
    ...{ labels: new Map(), mergeRequests: [], hooks: [], pipelines: [], statuses: [] },
    ...{ environments: [], deployments: [] },
  }
  world.projects.push(project)
  return project
}

function listProjects(asked: Asked): Answer {
  const { account, world } = asked
  const [membership, search] = [flag(asked, 'membership') === true, optional(asked, 'search')]
  const least = number(asked, 'min_access_level') ?? 0
  const archived = flag(asked, 'archived') === true
  const all = world.projects.filter((project) => {
    const role = at.roleOf(project, account)
    if (archived || !at.maySee(project, account) || role < least) return false
    return (!membership || role > 0) && (search === undefined || project.path.includes(search))
  })
  const show = (one: Project) => showProject(world, one, account)
  if (optional(asked, 'pagination') === 'keyset') return keyset(asked, all, show)
  const rising = choice(asked, 'sort', ['asc', 'desc']) === 'asc'
  return paged(
    asked,
    all.sort((one, other) => (rising ? one.id - other.id : other.id - one.id)),
    show,
  )
}

function oneProject(asked: Asked): Answer {
  return { status: 200, body: showProject(asked.world, at.projectOf(asked), asked.account) }
}

/** Only who may see it; the rest of its settings nobody here changes. */
function editProject(asked: Asked): Answer {
  const project = at.projectOf(asked)
  const account = at.demand(asked, project, at.owner)
  project.visibility = choice(asked, 'visibility', ['public', 'private']) ?? project.visibility
  return { status: 200, body: showProject(asked.world, project, account) }
}

function listForks(asked: Asked): Answer {
  const project = at.projectOf(asked)
  const forks = asked.world.projects.filter((one) => one.forkedFrom === project)
  return paged(asked, forks, (one) => showProject(asked.world, one, asked.account))
}

async function fork(asked: Asked): Promise<Answer> {
  const { world } = asked
  const from = at.projectOf(asked)
  const account = at.signedIn(asked)
  const namespace = ownNamespace(world, account)
  if (at.findProject(world, `${namespace.path}/${from.path}`))
    throw new at.Refusal(409, {
      message: {
        'project_namespace.name': ['has already been taken'],
        name: ['has already been taken'],
        path: ['has already been taken'],
      },
    })
  const id = Math.max(...world.projects.map((one) => one.id)) + 1
  const given = { id, path: from.path, namespace, createdAt: Date.now(), forkedFrom: from }
  const made = await addProject(world, given)
  await git(made.dir, [
    'fetch',
    '--quiet',
    from.dir,
    '+refs/heads/*:refs/heads/*',
    '+refs/tags/*:refs/tags/*',
  ])
  return { status: 201, body: showProject(world, made, account) }
}

function ownNamespace(world: World, account: Account): Namespace {
  const own = world.projects.map(({ namespace }) => namespace).find((one) => one.path === account.username)
  const members = new Map([[account.id, at.owner]])
  const { id, name, username } = account
  return own ?? { id: 100 + id, name, path: username, kind: 'user', members }
}

async function listBranches(asked: Asked): Promise<Answer> {
  const project = at.projectOf(asked)
  const search = optional(asked, 'search') ?? ''
  const names = [...(await refsOf(project.dir)).keys()]
    .filter((ref) => ref.startsWith('refs/heads/') && ref.includes(search))
    .map((ref) => ref.slice('refs/heads/'.length))
  const shown = await Promise.all(names.map((name) => showBranch(asked, project, name)))
  return paged(asked, shown, (one) => one)
}

async function oneBranch(asked: Asked): Promise<Answer> {
  const shown = await showBranch(asked, at.projectOf(asked), asked.params.branch ?? '')
  if (!shown) throw new at.Refusal(404, '404 Branch Not Found')
  return { status: 200, body: shown }
}

async function showBranch(asked: Asked, project: Project, name: string): Promise<Json | undefined> {
  const sha = await commitOf(project.dir, `refs/heads/${name}`)
  if (sha === undefined) return undefined
  const isDefault = name === project.defaultBranch
  return {
    name,
    commit: await commitInfo(asked.world, project, sha),
    merged: false,
    protected: isDefault,
    developers_can_push: false,
    developers_can_merge: false,
    can_push: at.roleOf(project, asked.account) >= (isDefault ? at.maintainer : at.developer),
    default: isDefault,
    web_url: `${addresses(asked.world, project).web}/-/tree/${name}`,
  }
}

async function oneCommit(asked: Asked): Promise<Answer> {
  const project = at.projectOf(asked)
  const sha = await commitOf(project.dir, asked.params.sha ?? '')
  if (sha === undefined) throw new at.Refusal(404, '404 Commit Not Found')
  return { status: 200, body: await commitInfo(asked.world, project, sha) }
}
