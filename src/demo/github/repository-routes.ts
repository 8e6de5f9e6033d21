import { git, refsOf, nothing, writeCommit } from './bare.ts'
import { loginOf, rightOf, demand } from './callers.ts'
import { inside, personOf, recordOf, tell, tellOfInstallation } from './events.ts'
import { installationInWebhook } from './installation-routes.ts'
import { shortRecord } from './installation.ts'
import { at, objectOf, textAt } from './json.ts'
import { mirrorCommits, mirrorRef } from './mirror-push.ts'
import { refsChanged } from './refs-changed.ts'
import type { Repository } from './repositories.ts'
import { repositoryOf } from './routes.ts'
import { answer, Refusal, type ApiRequest, type Route, type World } from './world.ts'

/** Repositories come, are forked, renamed, given away and deleted: with their bare ones, and with webhooks. */
export const repositoryRoutes: Route[] = [
  ['POST', '/user/repos', create],
  ['POST', '/orgs/:org/repos', create],
  ['POST', '/repos/:owner/:repo/forks', fork],
  ['PATCH', '/repos/:owner/:repo', edit],
  ['POST', '/repos/:owner/:repo/transfer', transfer],
  ['DELETE', '/repos/:owner/:repo', remove],
  ['GET', '/repos/:owner/:repo/collaborators/:login/permission', permission],
]

async function create(request: ApiRequest) {
  const { world, body } = request
  const withReadme = at(body, 'auto_init') === true
  const got = await request.pass({ body: { ...objectOf(body), auto_init: false } })
  if (got.status !== 201) return got
  const repository = await world.repositories.add(got.body)
  const by = loginOf(request.caller)
  await tell(world, 'repository', repository, by, { action: 'created' })
  await tellAdded(world, repository, by)
  if (withReadme) await addReadme(world, repository, by)
  return got
}

/** An installation for all repositories grows by itself, and GitHub says so. */
async function tellAdded(world: World, repository: Repository, by: string): Promise<void> {
  if (!world.installation.reaches(repository)) return
  tellOfInstallation(world, 'installation_repositories', {
    action: 'added',
    installation: await installationInWebhook(world),
    repository_selection: world.installation.selection,
    repositories_added: [shortRecord(repository)],
    repositories_removed: [],
    requester: null,
    sender: await personOf(world, by),
  })
}

async function addReadme(world: World, repository: Repository, by: string): Promise<void> {
  const blob = await git(repository.dir, ['hash-object', '-w', '--stdin'], `# ${repository.name}\n`)
  const tree = await git(repository.dir, ['mktree'], `100644 blob ${blob.trim()}\tREADME.md\n`)
  const after = await writeCommit(repository.dir, {
    tree: tree.trim(),
    parents: [],
    message: 'Initial commit\n',
    by: { name: by, email: `${by}@example.org` },
  })
  const ref = `refs/heads/${repository.defaultBranch}`
  await git(repository.dir, ['update-ref', ref, after])
  await refsChanged(world, repository, [{ ref, before: nothing, after }], by)
}

/** Emulate's forks begin with a commit of their own; ours begin with what the parent has. */
async function fork(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const parent = repositoryOf(request, params)
  const got = await request.pass({ body: objectOf(request.body) })
  if (got.status !== 202) return got
  const repository = await world.repositories.add(got.body, parent.id)
  await git(repository.dir, [
    'fetch',
    '--quiet',
    parent.dir,
    '+refs/heads/*:refs/heads/*',
    '+refs/tags/*:refs/tags/*',
  ])
  for (const [ref, id] of await refsOf(repository.dir)) {
    await mirrorCommits(world, repository, [id])
    const commit = await git(repository.dir, ['rev-parse', `${id}^{commit}`])
    await mirrorRef(world, repository, ref, commit.trim())
  }
  await tell(world, 'fork', parent, loginOf(request.caller), { forkee: await recordOf(world, repository) })
  return got
}

async function edit(request: ApiRequest, params: Record<string, string>) {
  const { world, body } = request
  const repository = repositoryOf(request, params)
  const was = { ...repository }
  const got = await request.pass()
  if (got.status !== 200) return got
  const by = loginOf(request.caller)
  repository.private = at(got.body, 'private') === true
  const branch = textAt(got.body, 'default_branch')
  if (branch !== was.defaultBranch) {
    repository.defaultBranch = branch
    await git(repository.dir, ['symbolic-ref', 'HEAD', `refs/heads/${branch}`])
    const changes = { default_branch: { from: was.defaultBranch } }
    await tell(world, 'repository', repository, by, { action: 'edited', changes })
  }
  if (textAt(body, 'name') && textAt(got.body, 'name') !== was.name) {
    world.repositories.moved(repository, { name: textAt(got.body, 'name') })
    const changes = { repository: { name: { from: was.name } } }
    await tell(world, 'repository', repository, by, { action: 'renamed', changes })
  }
  if (repository.private !== was.private)
    await tell(world, 'repository', repository, by, {
      action: repository.private ? 'privatized' : 'publicized',
    })
  return got
}

/** Emulate answers 200 where GitHub answers 202. */
async function transfer(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const repository = repositoryOf(request, params)
  const from = objectOf(objectOf(await recordOf(world, repository)).owner)
  const reached = world.installation.reaches(repository)
  const got = await request.pass()
  if (got.status !== 200) return got
  const by = loginOf(request.caller)
  const ofOrganisation = textAt(got.body, 'owner', 'type') === 'Organization'
  world.repositories.moved(repository, { owner: textAt(got.body, 'owner', 'login'), ofOrganisation })
  const changes = { owner: { from: { [from.type === 'Organization' ? 'organization' : 'user']: from } } }
  await tell(world, 'repository', repository, by, { action: 'transferred', changes })
  if (reached && !world.installation.reaches(repository)) await tellRemoved(world, repository, by)
  return { ...got, status: 202 }
}

async function tellRemoved(world: World, repository: Repository, by: string): Promise<void> {
  tellOfInstallation(world, 'installation_repositories', {
    action: 'removed',
    installation: await installationInWebhook(world),
    repository_selection: world.installation.selection,
    repositories_added: [],
    repositories_removed: [shortRecord(repository)],
    requester: null,
    sender: await personOf(world, by),
  })
}

async function remove(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const repository = repositoryOf(request, params)
  const by = loginOf(request.caller)
  if (request.caller.kind === 'user' && (await rightOf(world, repository, by)) !== 'admin')
    throw new Refusal(403, 'Must have admin rights to Repository.')
  // its record must be told before it is gone
  await tell(world, 'repository', repository, by, { action: 'deleted' })
  const got = await request.pass()
  if (got.status !== 204) return got
  if (world.installation.reaches(repository)) await tellRemoved(world, repository, by)
  for (const change of world.changes.values()) if (change.repository === repository.id) change.open = false
  world.repositories.remove(repository)
  return got
}

/** GitHub knows what a stranger may do as well, and says "write" where emulate says "push". */
async function permission(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const repository = repositoryOf(request, params)
  await demand(world, request.caller, repository, 'metadata', 'read')
  const login = params.login ?? ''
  const known = await inside(world, repository, `/collaborators/${encodeURIComponent(login)}/permission`)
  const person = await personOf(world, login)
  if (person.type === 'Bot' || !world.seed.people.has(login)) throw new Refusal(404, `${login} is not a user`)
  const right = await rightOf(world, repository, login)
  return answer(200, { permission: right, role_name: textAt(known, 'role_name') || right, user: person })
}
