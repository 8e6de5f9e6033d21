import { startGithub, type LocalGithub } from '../../../src/demo/github/start.ts'
import { faultsOf } from '../../fakes/github-openapi.ts'
import type { Person, PlayedHost, PlayedRepository, Seen } from './played-host.ts'

type Json = Record<string, unknown>

/** GitHub, as emulate and the front before it play it. */
export async function playGithub(): Promise<PlayedHost> {
  const github = await startGithub()
  const { app } = github
  return {
    checks: true,
    resends: true,
    secrets: [app.webhookSecret, 'PRIVATE KEY', 'x-access-token', 'ghs_'],
    settings: {
      APP_ID: String(app.appId),
      PRIVATE_KEY: app.privateKey,
      WEBHOOK_SECRET: app.webhookSecret,
      GHE_HOST: github.host,
      GHE_PROTOCOL: 'http',
    },
    callsTo: (server) => github.setWebhookUrl(`http://127.0.0.1:${server.port}/api/github/webhooks`),
    repository: (name) => playRepository(github, name),
    disturb: (seed, share) => void (github.faults = { seed, share }),
    calm: () => void (github.faults = undefined),
    lose: (count) => github.loseDeliveries(count),
    wrongRequests: () => {
      // Most are asked more than once, and to check one takes milliseconds.
      const asked = new Map(
        github.requests.map((request) => {
          const { method, path, query, body } = request
          return [JSON.stringify([method, path, query, body]), request]
        }),
      )
      const wrong = [...asked.values()].flatMap((request) =>
        faultsOf(request).map((fault) => `${request.method} ${request.path}: ${fault}`),
      )
      return Promise.resolve([...new Set(wrong)])
    },
    faultKinds: () => [...new Set(github.requests.flatMap(({ fault }) => fault ?? []))],
    [Symbol.asyncDispose]: () => github.close(),
  }
}

async function playRepository(github: LocalGithub, name: string): Promise<PlayedRepository> {
  if (name !== 'shop') await github.user('ada').createRepository({ owner: 'acme', name })
  const below = `/repos/acme/${name}/`
  return {
    name,
    ada: person(github, 'ada', name),
    grace: person(github, 'grace', name),
    mallory: person(github, 'mallory', name),
    look: (change) => look(github, name, change),
    written: () =>
      github.requests.filter(({ method, path }) => method !== 'GET' && path.startsWith(below)).length,
  }
}

function person(github: LocalGithub, login: 'ada' | 'grace' | 'mallory', name: string): Person {
  const user = github.user(login)
  const [shared, own] = [`acme/${name}`, `${login}/${name}`]
  let forked: Promise<unknown> | undefined
  return {
    push: (branch, files) => user.push(branch, `work on ${branch}`, files, shared),
    async pushToFork(branch, files) {
      await (forked ??= user.fork(shared))
      return user.push(branch, `work on ${branch}`, files, own)
    },
    deleteBranch: (branch) => user.deleteBranch(branch, shared),
    open: ({ title, from, to, fork, draft }) =>
      user.openChange({
        title,
        head: fork ? `${login}:${from}` : from,
        repository: shared,
        ...(to === undefined ? {} : { base: to }),
        ...(draft === undefined ? {} : { draft }),
      }),
    comment: async (change, text) => String(await user.comment(change, text, shared)),
    editComment: (id, text) => user.editComment(Number(id), text, shared),
    deleteComment: (id) => user.deleteComment(Number(id), shared),
    close: (change) => user.close(change, shared),
    reopen: (change) => user.reopen(change, shared),
    merge: (change) => user.merge(change, { repository: shared }).then(() => undefined),
    label: (change, label) => user.label(change, label, shared),
    unlabel: (change, label) => user.unlabel(change, label, shared),
    setDraft: (change, draft) => user.setDraft(change, draft, shared),
    setTarget: (change, branch) => user.editBase(change, branch, shared),
    setTitle: (change, title) => user.editTitle(change, title, shared),
  }
}

async function look(github: LocalGithub, name: string, change: number): Promise<Seen> {
  const ada = github.user('ada')
  const list = async (path: string, key?: string) => {
    const answer = await ada.api('GET', `/repos/acme/${name}/${path}`)
    return (key === undefined ? answer : (answer as Json)[key]) as Json[]
  }
  const head = ((await ada.change(change, `acme/${name}`)).head as Json).sha as string
  const comments = (await ada.comments(change, `acme/${name}`)).filter((comment) =>
    isOurs(comment.user as Json, github),
  )
  const [status] = (await list(`commits/${head}/statuses`)).filter(({ context }) => context === 'qaack')
  return {
    comments: comments.map(({ id, body }) => ({
      id: String(id),
      body: String(body),
      answers: /<!-- qaack answer (\d+)/.exec(String(body))?.[1] ?? null,
    })),
    status: status
      ? {
          state: String(status.state) as NonNullable<Seen['status']>['state'],
          description: String(status.description),
          url: String(status.target_url),
        }
      : null,
    checks: await checksOf(list, head),
    deployments: await deploymentsOf(list, change),
    reactions: async (id) =>
      (await list(`issues/comments/${id}/reactions`))
        .filter(({ user }) => isOurs(user as Json, github))
        .map(({ content }) => String(content)),
  }
}

type List = (path: string, key?: string) => Promise<Json[]>

async function checksOf(list: List, head: string): Promise<Seen['checks']> {
  const runs = (await list(`commits/${head}/check-runs`, 'check_runs')).filter(({ name }) => name === 'qaack')
  return Promise.all(
    runs.map(async ({ id, status, conclusion, output }) => {
      const annotations = await list(`check-runs/${String(id)}/annotations`)
      return {
        state: String(conclusion ?? status),
        title: String((output as Json).title),
        summary: String((output as Json).summary),
        annotations: annotations.map((one) => ({
          path: String(one.path),
          line: Number(one.start_line),
          message: String(one.message),
        })),
      }
    }),
  )
}

async function deploymentsOf(list: List, change: number): Promise<Seen['deployments']> {
  const environment = `qaack/pr-${change}`
  const all = await list(`deployments?environment=${encodeURIComponent(environment)}`)
  const shown = all.map(async ({ id, sha }) => {
    const [last] = await list(`deployments/${String(id)}/statuses`)
    const { state = 'none', environment_url: url = '' } = (last ?? {}) as {
      state?: string
      environment_url?: string
    }
    return { environment, hash: String(sha), state, url }
  })
  return (await Promise.all(shown)).reverse()
}

function isOurs(user: Json, { app }: LocalGithub): boolean {
  return user.login === `${app.slug}[bot]`
}
