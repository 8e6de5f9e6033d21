import { setTimeout as pause } from 'node:timers/promises'
import { until } from '../../setup/server-process.ts'
import { listOf, numberAt, textAt } from '../github/json.ts'
import type { LocalGithub } from '../github/start.ts'

/** All that our app shows on a change, as everybody reads it over the API. */
export interface Seen {
  /** The ones that answer nobody: there must be one. */
  comments: { id: number; body: string }[]
  answers: { to: number; body: string }[]
  /** Of the commit that the change offers now. */
  status: { state: string; description: string; url: string }
  check: { state: string; title: string }
  /** Newest first. */
  deployments: { hash: string; state: string; url: string }[]
}

/** Milliseconds between two looks: each takes a handful of the requests that GitHub allows in an hour. */
const rest = 150

/** Looks until it is so; what it was all the time is in the error. */
export async function untilSeen(
  github: LocalGithub,
  change: number,
  isSo: (seen: Seen) => boolean,
  what: string,
): Promise<Seen> {
  let seen = await look(github, change)
  const isSeen = async () => {
    if (isSo(seen)) return true
    await pause(rest)
    seen = await look(github, change)
    return isSo(seen)
  }
  await until(isSeen, what).catch((error: unknown) => {
    throw new Error(`${String(error)}\nIt was: ${JSON.stringify(seen, null, 2)}`)
  })
  return seen
}

/** What our app thought of a comment, e.g. `eyes`. */
export async function reactionsTo(github: LocalGithub, comment: number): Promise<string[]> {
  const all = await get(github, `issues/comments/${comment}/reactions`)
  return listOf(all)
    .filter((one) => isOurs(github, one))
    .map((one) => textAt(one, 'content'))
}

async function look(github: LocalGithub, change: number): Promise<Seen> {
  const head = textAt(await github.user('ada').change(change), 'head', 'sha')
  const [comments, statuses, runs, deployments] = await Promise.all([
    github.user('ada').comments(change),
    get(github, `commits/${head}/statuses`),
    get(github, `commits/${head}/check-runs`),
    get(github, `deployments?environment=${encodeURIComponent(`qaack/pr-${change}`)}`),
  ])
  const status = listOf(statuses).find((one) => textAt(one, 'context') === 'qaack')
  const run = listOf((runs as { check_runs?: unknown }).check_runs).find(
    (one) => textAt(one, 'name') === 'qaack',
  )
  const ours = comments
    .filter((one) => isOurs(github, one))
    .map((one) => ({ id: numberAt(one, 'id'), body: textAt(one, 'body') }))
    .map((one) => ({ ...one, to: Number(/<!-- qaack answer (\d+)/.exec(one.body)?.[1] ?? 0) }))
  return {
    comments: ours.filter(({ to }) => to === 0).map(({ id, body }) => ({ id, body })),
    answers: ours.filter(({ to }) => to !== 0).map(({ to, body }) => ({ to, body })),
    status: {
      state: textAt(status, 'state'),
      description: textAt(status, 'description'),
      url: textAt(status, 'target_url'),
    },
    check: {
      state: textAt(run, 'conclusion') || textAt(run, 'status'),
      title: textAt(run, 'output', 'title'),
    },
    deployments: await Promise.all(listOf(deployments).map((one) => deploymentOf(github, one))),
  }
}

async function deploymentOf(github: LocalGithub, deployment: unknown): Promise<Seen['deployments'][number]> {
  const [last] = listOf(await get(github, `deployments/${numberAt(deployment, 'id')}/statuses`))
  return {
    hash: textAt(deployment, 'sha'),
    state: textAt(last, 'state'),
    url: textAt(last, 'environment_url'),
  }
}

function get(github: LocalGithub, path: string): Promise<unknown> {
  return github.user('ada').api('GET', `/repos/acme/shop/${path}`)
}

function isOurs({ app }: LocalGithub, made: unknown): boolean {
  return textAt(made, 'user', 'login') === `${app.slug}[bot]`
}
