import { tellOfInstallation, personOf, recordOf } from './events.ts'
import { shortRecord } from './installation.ts'
import { listOf, numberAt, objectOf, textAt, type Json } from './json.ts'
import { present, appRecord } from './present.ts'
import type { Repository } from './repositories.ts'
import { answer, paged, Refusal, type ApiRequest, type Route, type World } from './world.ts'

/** The app's own side: where it is installed, its tokens, the repositories of a token. */
export const installationRoutes: Route[] = [
  ['GET', '/app', about],
  ['GET', '/app/installations', list],
  ['GET', '/app/installations/:id', one],
  ['POST', '/app/installations/:id/access_tokens', token],
  ['GET', '/installation/repositories', repositories],
  ['DELETE', '/installation/token', revoke],
  ['GET', '/repos/:owner/:repo/installation', ofRepository],
]

/** The record of the installation in webhooks and answers, with what has been chosen since. */
export async function installationRecord(world: World): Promise<Json> {
  const { app, permissions, events, organisation } = world.seed
  const api = `${world.base}/api/v3`
  const account = present(world, (await world.emulate.as('ada', 'GET', `/orgs/${organisation}`)).body)
  return {
    id: app.installationId,
    account,
    repository_selection: world.installation.selection,
    access_tokens_url: `${api}/app/installations/${app.installationId}/access_tokens`,
    repositories_url: `${api}/installation/repositories`,
    html_url: `${world.base}/organizations/${organisation}/settings/installations/${app.installationId}`,
    app_id: app.appId,
    app_slug: app.slug,
    client_id: app.clientId,
    target_id: numberAt(account, 'id'),
    target_type: 'Organization',
    permissions,
    events,
    created_at: '2026-01-01T00:00:00.000Z',
    updated_at: '2026-01-01T00:00:00.000Z',
    single_file_name: null,
    has_multiple_single_files: false,
    single_file_paths: [],
    suspended_by: null,
    suspended_at: null,
  }
}

/** The same in webhooks, where its times are seconds. */
export async function installationInWebhook(world: World): Promise<Json> {
  const record = await installationRecord(world)
  const seconds = Date.parse(String(record.created_at)) / 1000
  return { ...record, created_at: seconds, updated_at: seconds }
}

/** Installs the app for all repositories, or takes it away; the app is told. */
export async function setInstalled(world: World, installed: boolean, by: string): Promise<void> {
  if (world.installation.installed === installed) return
  const reached = () => world.repositories.all().filter((one) => world.installation.reaches(one))
  const before = reached()
  world.installation.installed = installed
  tellOfInstallation(world, 'installation', {
    action: installed ? 'created' : 'deleted',
    installation: await installationInWebhook(world),
    repositories: (installed ? reached() : before).map(shortRecord),
    requester: null,
    sender: await personOf(world, by),
  })
}

/** Chooses which repositories the app reaches; the app is told what came and what went. */
export async function choose(world: World, chosen: Repository[] | 'all', by: string): Promise<void> {
  const reached = () => new Set(world.repositories.all().filter((one) => world.installation.reaches(one)))
  const before = reached()
  world.installation.choose(chosen)
  const after = reached()
  const added = [...after].filter((one) => !before.has(one)).map(shortRecord)
  const removed = [...before].filter((one) => !after.has(one)).map(shortRecord)
  for (const action of ['added', 'removed'] as const) {
    if ((action === 'added' ? added : removed).length === 0) continue
    tellOfInstallation(world, 'installation_repositories', {
      action,
      installation: await installationInWebhook(world),
      repository_selection: world.installation.selection,
      repositories_added: action === 'added' ? added : [],
      repositories_removed: action === 'removed' ? removed : [],
      requester: null,
      sender: await personOf(world, by),
    })
  }
}

function about(request: ApiRequest) {
  demandApp(request)
  const count = request.world.installation.installed ? 1 : 0
  return Promise.resolve(answer(200, { ...appRecord(request.world), installations_count: count }))
}

async function list(request: ApiRequest) {
  demandApp(request)
  const { world } = request
  return paged(request, world.installation.installed ? [await installationRecord(world)] : [])
}

async function one(request: ApiRequest, params: Record<string, string>) {
  demandApp(request)
  const { world } = request
  if (!world.installation.installed || Number(params.id) !== world.seed.app.installationId)
    throw new Refusal(404, 'Not Found')
  return answer(200, await installationRecord(world))
}

async function ofRepository(request: ApiRequest, params: Record<string, string>) {
  demandApp(request)
  const { world } = request
  const repository = world.repositories.byName(params.owner ?? '', params.repo ?? '')
  if (!repository || !world.installation.reaches(repository)) throw new Refusal(404, 'Not Found')
  return answer(200, await installationRecord(world))
}

/** Emulate makes the token; we remember it, since git and our own routes must know it too. */
async function token(request: ApiRequest, params: Record<string, string>) {
  demandApp(request)
  const { world } = request
  if (!world.installation.installed || Number(params.id) !== world.seed.app.installationId)
    throw new Refusal(404, 'Not Found')
  const got = await request.pass()
  if (got.status !== 201) return got
  const chosen = listOf(objectOf(got.body).repositories).map((repository) => numberAt(repository, 'id'))
  world.callers.set(textAt(got.body, 'token'), {
    kind: 'installation',
    login: `${world.seed.app.slug}[bot]`,
    permissions: objectOf(objectOf(got.body).permissions) as Record<string, string>,
    only: textAt(got.body, 'repository_selection') === 'selected' ? chosen : undefined,
    until: Date.parse(textAt(got.body, 'expires_at')),
  })
  return got
}

async function repositories(request: ApiRequest) {
  const { world, caller } = request
  if (caller.kind !== 'installation') throw new Refusal(403, 'Resource not accessible by integration')
  const reached = world.repositories
    .all()
    .filter((one) => world.installation.reaches(one))
    .filter((one) => !caller.only || caller.only.includes(one.id))
  const page = paged(request, reached)
  const records = await Promise.all(listOf(page.body).map((one) => recordOf(world, one as Repository)))
  const selection = caller.only ? 'selected' : world.installation.selection
  return {
    ...page,
    body: { total_count: reached.length, repository_selection: selection, repositories: records },
  }
}

function revoke(request: ApiRequest) {
  if (request.caller.kind !== 'installation') throw new Refusal(403, 'Resource not accessible by integration')
  request.world.callers.delete(request.authorization.replace(/^(bearer|token)\s+/i, '').trim())
  return Promise.resolve(answer(204))
}

function demandApp(request: ApiRequest): void {
  if (request.caller.kind !== 'app') throw new Refusal(401, 'A JSON web token could not be decoded')
}
