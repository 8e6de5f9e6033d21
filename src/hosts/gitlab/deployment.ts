import type { DeploymentReport } from '../../reports/report.ts'
import { isHostFailure, unlessGone } from '../failure.ts'
import { deployment, made, type Deployment } from './answers.ts'
import { anything, ask, each, type ProjectAsker } from './ask.ts'
import { keepEnvironment, stopEnvironment, type Kept } from './environment.ts'
import { refIn, sourceOf } from './source.ts'

type Wish = DeploymentReport & { change: string }

const states = { queued: 'running', running: 'running', success: 'success' } as const
const ended = 'canceled'

/**
 * Makes the deployment of a commit in the environment of its change, and says how it is with it. `inactive` ends all of
 * them. What is there is found by the name of the environment, of which a project has one.
 */
export async function publishDeployment(at: ProjectAsker, wish: Wish): Promise<string> {
  const name = `qaack/mr-${wish.change}`
  if (wish.state === 'inactive') {
    for (const { id } of await unfinished(at, name)) await end(at, id)
    await stopEnvironment(at, name)
    return name
  }
  const environment = await keepEnvironment(at, name, wish.url)
  const id = await bring(at, wish, name, environment)
  const open = (await unfinished(at, name)).map((one) => Number(one.id))
  // Of two that were made at once the newer one stays: both of us see it so.
  const newest = Math.max(Number(id), ...open)
  for (const one of open) if (one < newest) await end(at, String(one))
  return id
}

/** Returns the id of the deployment that is as it should be. One that ended stays as it was: GitLab keeps books of them. */
async function bring(at: ProjectAsker, wish: Wish, name: string, environment: Kept): Promise<string> {
  const status = stateOf(wish)
  const last = await newest(at, name)
  if (last?.sha !== wish.hash) return create(at, wish, name, status)
  // A stopped environment begins again with a deployment that succeeds, and not before.
  if (last.status === status && (environment.isUp || status !== 'success')) return last.id
  if (!isOpen(last) || last.status === status) return create(at, wish, name, status)
  const told = await tell(at, last.id, status)
  return told ? last.id : create(at, wish, name, status)
}

function stateOf({ state }: Wish): string {
  return state === 'queued' || state === 'running' || state === 'success' ? states[state] : 'failed'
}

function isOpen({ status }: Deployment): boolean {
  return status === 'running' || status === 'created'
}

/** Where the same succeeded before, GitLab would take a success for that one, and a stopped environment would stay so. */
async function create(at: ProjectAsker, wish: Wish, name: string, status: string): Promise<string> {
  const ref = refIn(wish.change, await sourceOf(at, wish.change))
  const first = status === 'success' ? 'running' : status
  const body = { environment: name, sha: wish.hash, ref, tag: false, status: first }
  const { id } = await ask(at, 'POST', `projects/${at.project}/deployments`, { body }, made)
  if (first !== status) await tell(at, id, status)
  return id
}

async function newest(at: ProjectAsker, name: string): Promise<Deployment | undefined> {
  const query = { environment: name, order_by: 'id', sort: 'desc', per_page: 1 }
  for await (const one of each(at, `projects/${at.project}/deployments`, query, deployment)) return one
  return undefined
}

async function unfinished(at: ProjectAsker, name: string): Promise<Deployment[]> {
  const query = { environment: name, status: 'running', order_by: 'id', sort: 'asc' }
  const found: Deployment[] = []
  for await (const one of each(at, `projects/${at.project}/deployments`, query, deployment)) found.push(one)
  return found
}

async function end(at: ProjectAsker, id: string): Promise<void> {
  await tell(at, id, ended)
}

/** False if it is not there any more. That it is so already GitLab takes for a fault, and we do not. */
async function tell(at: ProjectAsker, id: string, status: string): Promise<boolean> {
  const path = `projects/${at.project}/deployments/${id}`
  try {
    return await unlessGone(ask(at, 'PUT', path, { body: { status } }, anything))
  } catch (error) {
    if (!isHostFailure(error, 'refused')) throw error
    const now = await ask(at, 'GET', path, {}, deployment)
    if (now.status !== status) throw error
    return true
  }
}
