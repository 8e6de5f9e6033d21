import { startGitlab, type GitlabUser, type LocalGitlab } from '../../fakes/gitlab/start.ts'
import { faultsOf } from '../../fakes/gitlab-openapi/check.ts'
import type { Person, PlayedHost, PlayedRepository, Seen } from './played-host.ts'

type Json = Record<string, unknown>

/** GitLab, as test/fakes/gitlab plays it. The server makes the webhook itself. */
export async function playGitlab(): Promise<PlayedHost> {
  const gitlab = await startGitlab()
  return {
    checks: false,
    resends: false,
    secrets: [gitlab.token, 'oauth2'],
    settings: { GITLAB_URL: gitlab.url, GITLAB_TOKEN: gitlab.token },
    callsTo: () => undefined,
    repository: (name) => playRepository(gitlab, name),
    disturb: (seed, share) => void (gitlab.faults = { seed, share }),
    calm: () => void (gitlab.faults = undefined),
    lose: (count) => gitlab.loseDeliveries(count),
    wrongRequests: () => {
      const wrong = gitlab.requests.flatMap((request) =>
        faultsOf(request).map((fault) => `${request.method} ${request.path}: ${fault}`),
      )
      return Promise.resolve([...new Set(wrong)])
    },
    faultKinds: () => [...new Set(gitlab.requests.flatMap(({ fault }) => fault ?? []))],
    [Symbol.asyncDispose]: () => gitlab[Symbol.asyncDispose](),
  }
}

function playRepository(gitlab: LocalGitlab, name: string): Promise<PlayedRepository> {
  if (name !== 'shop') throw new Error(`The GitLab that is played here makes no acme/${name}.`)
  return Promise.resolve({
    name,
    ada: person(gitlab.user('ada')),
    grace: person(gitlab.user('grace')),
    mallory: person(gitlab.user('mallory')),
    look: (change) => look(gitlab.user('ada'), change),
    written: () => gitlab.requests.filter(({ method }) => method !== 'GET').length,
  })
}

function person(user: GitlabUser): Person {
  let forked: Promise<string> | undefined
  return {
    push: (branch, files) => user.push(branch, `work on ${branch}`, files),
    async pushToFork(branch, files) {
      return user.push(branch, `work on ${branch}`, files, await (forked ??= user.fork()))
    },
    deleteBranch: (branch) => user.deleteBranch(branch),
    open: (change) => user.openChange(change),
    comment: async (change, text) => String(await user.comment(change, text)),
    editComment: (id, text) => user.editComment(Number(id), text),
    deleteComment: (id) => user.deleteComment(Number(id)),
    close: (change) => user.close(change),
    reopen: (change) => user.reopen(change),
    merge: (change) => user.merge(change),
    label: (change, name) => user.label(change, name),
    unlabel: (change, name) => user.unlabel(change, name),
    setDraft: (change, draft) => user.setDraft(change, draft),
    setTarget: (change, branch) => user.setTarget(change, branch),
    setTitle: (change, title) => user.setTitle(change, title),
  }
}

const us = 'qaack-bot'
const states = { running: 'pending', failed: 'failure', canceled: 'error' } as Record<string, string>

async function look(ada: GitlabUser, change: number): Promise<Seen> {
  const list = async (path: string) => (await ada.api('GET', `/projects/42/${path}`)) as Json[]
  const { sha } = (await ada.change(change)) as { sha: string }
  const notes = (await ada.comments(change)).filter(
    ({ author, system }) => system !== true && (author as Json).username === us,
  )
  const statuses = await list(`repository/commits/${sha}/statuses?name=qaack&all=true&per_page=100`)
  const status = statuses.sort((one, other) => Number(other.id) - Number(one.id))[0]
  return {
    comments: notes
      .sort((one, other) => Number(one.id) - Number(other.id))
      .map(({ id, body }) => ({
        id: String(id),
        body: String(body),
        answers: /<!-- qaack answer (\d+)/.exec(String(body))?.[1] ?? null,
      })),
    status: status
      ? {
          state: (states[String(status.status)] ?? String(status.status)) as NonNullable<
            Seen['status']
          >['state'],
          description: String(status.description),
          url: String(status.target_url),
        }
      : null,
    checks: [],
    deployments: await deploymentsOf(list, change),
    reactions: async (id) =>
      (await list(`merge_requests/${change}/notes/${id}/award_emoji`))
        .filter(({ user }) => (user as Json).username === us)
        .map(({ name }) => String(name)),
  }
}

/** GitLab shows the last successful deployment of an environment as the current one, until the environment is stopped. */
async function deploymentsOf(
  list: (path: string) => Promise<Json[]>,
  change: number,
): Promise<Seen['deployments']> {
  const name = `qaack/mr-${change}`
  const [environment] = await list(`environments?name=${encodeURIComponent(name)}`)
  if (!environment) return []
  const all = await list(
    `deployments?environment=${encodeURIComponent(name)}&order_by=id&sort=asc&per_page=100`,
  )
  const isStopped = environment.state === 'stopped'
  const last = all.at(-1)
  return all.map((one) => {
    const state = String(one.status)
    const isOver = isStopped || state === 'canceled' || (state === 'success' && one !== last)
    return {
      environment: name,
      hash: String(one.sha),
      state: isOver ? 'inactive' : (states[state] ?? state),
      url: (environment.external_url as string | null) ?? '',
    }
  })
}
