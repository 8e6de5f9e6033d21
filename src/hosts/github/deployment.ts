import type { DeploymentReport } from '../../reports/report.ts'
import { isHostFailure } from '../failure.ts'
import { anything, ask, each, type RepositoryAsker } from './ask.ts'
import { cutLine } from '../cut.ts'
import { deployment, deploymentStatus, made } from './payloads.ts'

type Wish = DeploymentReport & { change: string; mark: string }

/**
 * Makes the deployment of a commit in the environment, and says how it is with it. One that succeeds takes the place of
 * those before it; `inactive` ends all of them. `handle` is `<id>:<commit>`.
 */
export async function publishDeployment(
  at: RepositoryAsker,
  wish: Wish,
  handle: string | null,
): Promise<string> {
  if (wish.state === 'inactive') {
    await endOthers(at, wish, null)
    return handle ?? `none:${wish.hash}`
  }
  const { id, said } = (await findUsable(at, wish, handle)) ?? { id: await create(at, wish), said: null }
  const wanted = sayingOf(wish)
  if (!said || !isSame(said, wanted)) await say(at, id, wanted)
  if (wish.state === 'success') await endOthers(at, wish, id)
  return `${id}:${wish.hash}`
}

interface Usable {
  id: string
  said: Saying | null
}

/** One of ours of this commit that has not ended. */
async function findUsable(at: RepositoryAsker, wish: Wish, handle: string | null): Promise<Usable | null> {
  const [known, hash] = handle?.split(':') ?? []
  const candidates = known && hash === wish.hash && known !== 'none' ? [known] : []
  if (candidates.length === 0) candidates.push(...(await listMine(at, wish, wish.hash)))
  for (const id of candidates) {
    const said = await lastSaid(at, id)
    if (said !== undefined && said?.state !== 'inactive') return { id, said }
  }
  return null
}

async function create(at: RepositoryAsker, wish: Wish): Promise<string> {
  const body = {
    ref: wish.hash,
    // Exactly this commit, whatever else is said of it.
    auto_merge: false,
    required_contexts: [],
    environment: environmentOf(wish),
    description: cutLine(wish.description, 140),
    payload: { mark: wish.mark },
    transient_environment: true,
    production_environment: false,
  }
  return (await ask(at, 'POST /repos/{owner}/{repo}/deployments', body, made)).id
}

/** GitHub does this by itself only for environments that last. From the oldest on, so what is left is found again. */
async function endOthers(at: RepositoryAsker, wish: Wish, except: string | null): Promise<void> {
  const others = (await listMine(at, wish)).filter((id) => id !== except)
  const open: string[] = []
  for (const id of others) {
    const ended = (await lastSaid(at, id))?.state === 'inactive'
    // Before one that has ended, all have, if nobody but us said so; when all are to end, it is made sure of.
    if (ended && except !== null) break
    if (!ended) open.push(id)
  }
  const saying = { ...sayingOf(wish), state: 'inactive', environment_url: '' }
  for (const id of open.reverse()) await say(at, id, saying)
}

/** Newest first. */
async function listMine(at: RepositoryAsker, wish: Wish, sha?: string): Promise<string[]> {
  const found: string[] = []
  const filter = { environment: environmentOf(wish), ...(sha === undefined ? {} : { sha }) }
  for await (const one of each(at, 'GET /repos/{owner}/{repo}/deployments', filter, deployment))
    if (markOf(one.payload) === wish.mark) found.push(one.id)
  return found.sort((a, b) => Number(b) - Number(a))
}

function environmentOf({ change }: Wish): string {
  return `qaack/pr-${change}`
}

/** GitHub gives a payload back as it came, or as text. */
function markOf(payload: unknown): unknown {
  if (typeof payload === 'object' && payload !== null && 'mark' in payload) return payload.mark
  if (typeof payload !== 'string' || !payload.startsWith('{')) return undefined
  try {
    return markOf(JSON.parse(payload))
  } catch {
    return undefined
  }
}

interface Saying {
  state: string
  description: string
  environment_url: string
  log_url: string
}

const states = { running: 'in_progress' } as Record<string, string>

function sayingOf(wish: Wish): Saying {
  return {
    state: states[wish.state] ?? wish.state,
    description: cutLine(wish.description, 140),
    environment_url: wish.url ?? '',
    log_url: wish.logUrl,
  }
}

function isSame(one: Saying, other: Saying): boolean {
  return (
    one.state === other.state &&
    one.description === other.description &&
    one.environment_url === other.environment_url &&
    one.log_url === other.log_url
  )
}

/** null if nothing was said yet, undefined if there is no such deployment. */
async function lastSaid(at: RepositoryAsker, id: string): Promise<Saying | null | undefined> {
  const route = 'GET /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
  try {
    for await (const last of each(at, route, { deployment_id: id, per_page: 1 }, deploymentStatus)) {
      const { state, description, environment_url, log_url } = last
      return {
        state,
        description: description ?? '',
        environment_url: environment_url ?? '',
        log_url: log_url ?? '',
      }
    }
    return null
  } catch (error) {
    if (isHostFailure(error, 'gone')) return undefined
    throw error
  }
}

async function say(at: RepositoryAsker, id: string, { environment_url, ...saying }: Saying): Promise<void> {
  const route = 'POST /repos/{owner}/{repo}/deployments/{deployment_id}/statuses'
  const address = environment_url === '' ? {} : { environment_url }
  await ask(at, route, { deployment_id: id, auto_inactive: false, ...saying, ...address }, anything)
}
