import type { Parts } from '../parts.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import type { DeliveryRecord, Filters } from '../stores/store.ts'
import type { GithubConnect } from './github-connect.ts'

/** What is connected at GitHub, and whether anything comes from there. */
export interface GithubOverview {
  connected: boolean
  /** Where the app is from; null = there is none. */
  source: 'settings' | 'saved' | null
  app: { id: number; name: string; url: string; owner: string | null } | null
  /** The app's repositories, by their owners. */
  owners: { owner: string; repositories: string[] }[]
  lastDelivery: Pick<DeliveryRecord, 'event' | 'receivedAt' | 'status' | 'reason'> | null
  /** What does not work, as sentences, the worst first. */
  problems: string[]
}

/** Most repositories of which it is told that they cannot be read. */
const mostUnread = 5

export async function overviewOf(parts: Parts, connect: GithubConnect): Promise<GithubOverview> {
  const repositories = (await parts.store.list('repository')).filter(
    ({ type, params }) => type === 'github' && params.installation !== undefined,
  )
  const last = await lastDelivery(parts, {})
  const failed = await lastDelivery(parts, { status: 'failed' })
  const problem = connect.problem()
  return {
    connected: connect.door.connection() !== null,
    source: connect.source(),
    app: appOf(connect),
    owners: byOwner(repositories),
    lastDelivery: last
      ? { event: last.event, receivedAt: last.receivedAt, status: last.status, reason: last.reason }
      : null,
    problems: [
      ...(problem === null ? [] : [problem]),
      ...(failed ? [`The delivery of ${failed.event} failed: ${failed.reason}`] : []),
      ...unread(repositories),
    ],
  }
}

/** By its id alone: of three days there may be very many. */
async function lastDelivery({ store }: Parts, filter: Pick<Filters['delivery'], 'status'>) {
  const id = (await store.ids('delivery', { host: 'github', ...filter })).at(-1)
  return id === undefined ? undefined : store.get('delivery', id)
}

/** What was saved tells also while GitHub cannot be reached; without it the app has no name until GitHub answered once. */
function appOf(connect: GithubConnect): GithubOverview['app'] {
  const app = connect.door.connection()?.app
  const known = connect.source() === 'saved' ? connect.saved() : null
  if (known) return { id: known.appId, name: known.name, url: known.url, owner: known.owner }
  return app && app.slug !== '' ? { id: app.id, name: app.name, url: app.url, owner: app.owner } : null
}

function byOwner(repositories: RepositoryRecord[]): GithubOverview['owners'] {
  const groups = Map.groupBy(repositories, ({ params }) => params.owner ?? '')
  return [...groups]
    .map(([owner, members]) => ({
      owner,
      repositories: members.map(({ params, name }) => params.repo ?? name).sort(),
    }))
    .sort((one, other) => one.owner.localeCompare(other.owner))
}

function unread(repositories: RepositoryRecord[]): string[] {
  return repositories
    .filter(({ syncError }) => syncError !== null)
    .slice(0, mostUnread)
    .map(({ name, syncError }) => `Of ${name}: ${syncError}`)
}
