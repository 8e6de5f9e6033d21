import { masterOf } from './callers.ts'
import { isObject, listOf, textAt, type Json } from './json.ts'
import { pushedRepository } from './payloads.ts'
import { present } from './present.ts'
import { fullName, type Repository } from './repositories.ts'
import type { World } from './world.ts'

/** Events that every app gets, whether it has subscribed to them or not. */
const always = ['installation', 'installation_repositories', 'github_app_authorization']

/**
 * Sends a webhook about a repository if the app reaches it and has subscribed: with the record of the repository, of its
 * organisation, of the installation and of who did it.
 */
export async function tell(
  world: World,
  event: string,
  repository: Repository,
  sender: string,
  payload: Json,
): Promise<void> {
  if (!world.installation.reaches(repository) || !world.seed.events.includes(event)) return
  const record = await recordOf(world, repository)
  const owner = isObject(record) ? record.owner : undefined
  send(world, event, repository.id, {
    ...payload,
    repository: event === 'push' ? pushedRepository(record) : record,
    ...(repository.ofOrganisation && { organization: owner }),
    sender: await personOf(world, sender),
    installation: {
      id: world.seed.app.installationId,
      node_id: nodeId('Installation', world.seed.app.installationId),
    },
  })
}

/** A webhook about the installation itself, which is there even without a repository. */
export function tellOfInstallation(world: World, event: string, payload: Json): void {
  if (always.includes(event)) send(world, event, null, payload)
}

/** The record of a repository as emulate has it now. */
export async function recordOf(world: World, repository: Repository): Promise<unknown> {
  return inside(world, repository, '')
}

/** What emulate answers to us about something in a repository, shown as GitHub would. */
export async function inside(world: World, repository: Repository, path: string): Promise<unknown> {
  const whole = `/repos/${fullName(repository)}${path}`
  const { body } = await world.emulate.as(masterOf(world, repository), 'GET', whole)
  return present(world, body)
}

const briefly = [
  'name',
  'company',
  'blog',
  'location',
  'email',
  'hireable',
  'bio',
  'twitter_username',
].concat('public_repos', 'public_gists', 'followers', 'following', 'created_at', 'updated_at')

/** Somebody as webhooks have them: without what only their own page tells. */
export async function personOf(world: World, login: string): Promise<Json> {
  const { status, body } = await world.emulate.as('ada', 'GET', `/users/${encodeURIComponent(login)}`)
  if (status === 200 && isObject(body))
    return Object.fromEntries(
      Object.entries(present(world, body) as Json).filter(([key]) => !briefly.includes(key)),
    )
  // a bot becomes somebody in emulate by its first deed there
  const api = `${world.base}/api/v3/users/${encodeURIComponent(login)}`
  return {
    login,
    id: world.seed.app.appId,
    node_id: nodeId('Bot', world.seed.app.appId),
    type: 'Bot',
    site_admin: false,
    url: api,
    html_url: `${world.base}/apps/${world.seed.app.slug}`,
  }
}

export function nodeId(kind: string, id: number): string {
  return Buffer.from(`0:${kind}${id}`).toString('base64').replace(/=+$/, '')
}

/** Names of labels, in the order of a change's record. */
export function labelsOf(record: unknown): string[] {
  return listOf(isObject(record) ? record.labels : []).map((label) => textAt(label, 'name'))
}

function send(world: World, event: string, repository: number | null, payload: Json): void {
  world.deliveries.send(event, payload, { installation: world.seed.app.installationId, repository })
}
