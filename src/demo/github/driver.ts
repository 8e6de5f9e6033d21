import { numberAt, objectOf, parseJson, textAt, type Json } from './json.ts'
import { makeWork, type Work } from './work.ts'
import type { World } from './world.ts'

export interface NewChange {
  title: string
  /** A branch, or `owner:branch` of a fork. */
  head: string
  /** main if left out. */
  base?: string
  draft?: boolean
  body?: string
  /** `acme/shop` if left out. */
  repository?: string
}

/** Somebody who works with GitHub, over the same API and the same git as everybody. Repositories are `acme/shop` if left out. */
export interface LocalUser {
  login: string
  token: string
  /** The address to clone from, with the token in it. */
  cloneUrl(repository?: string): string
  createRepository(options: { owner?: string; name: string; private?: boolean }): Promise<Json>
  fork(repository?: string): Promise<Json>
  /** A clone of their own, in a temporary folder that goes with the GitHub. */
  work(repository?: string): Promise<Work>
  /** Clones if need be, writes files on a branch (from main if it is new), commits and pushes. Returns the commit. */
  push(
    branch: string,
    message: string,
    files: Record<string, string | null>,
    repository?: string,
  ): Promise<string>
  /** Deletes a branch by git. */
  deleteBranch(branch: string, repository?: string): Promise<void>
  /** Returns its number. */
  openChange(change: NewChange): Promise<number>
  change(number: number, repository?: string): Promise<Json>
  /** Returns the id of the comment. */
  comment(number: number, text: string, repository?: string): Promise<number>
  comments(number: number, repository?: string): Promise<Json[]>
  editComment(id: number, text: string, repository?: string): Promise<void>
  deleteComment(id: number, repository?: string): Promise<void>
  close(number: number, repository?: string): Promise<void>
  reopen(number: number, repository?: string): Promise<void>
  /** Returns the commit that the base branch has then. */
  merge(number: number, options?: { method?: 'merge' | 'squash'; repository?: string }): Promise<string>
  label(number: number, name: string, repository?: string): Promise<void>
  unlabel(number: number, name: string, repository?: string): Promise<void>
  setDraft(number: number, draft: boolean, repository?: string): Promise<void>
  editBase(number: number, base: string, repository?: string): Promise<void>
  editTitle(number: number, title: string, repository?: string): Promise<void>
  renameRepository(name: string, repository?: string): Promise<void>
  transferRepository(owner: string, repository?: string): Promise<void>
  deleteRepository(repository?: string): Promise<void>
  /** Any other request: the parsed answer; throws unless the status is 2xx. */
  api(method: string, path: string, body?: unknown): Promise<unknown>
}

/** Gives people by name, each made once. */
export function makeDriver(world: World): (login: string) => LocalUser {
  const made = new Map<string, LocalUser>()
  return (login) => {
    const user = made.get(login) ?? makeUser(world, login)
    made.set(login, user)
    return user
  }
}

function makeUser(world: World, login: string): LocalUser {
  const { token, name } = world.seed.people.get(login) ?? fail(`There is nobody called ${login}`)
  const works = new Map<string, Promise<Work>>()
  const usual = `${world.seed.organisation}/shop`

  const api = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${world.base}/api/v3${path}`, {
      method,
      headers: { authorization: `token ${token}`, accept: 'application/vnd.github+json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok) fail(`GitHub answered ${response.status} to ${method} ${path} of ${login}: ${text}`)
    return parseJson(text)
  }
  const cloneUrl = (repository = usual) =>
    `${world.base.replace('http://', `http://${login}:${token}@`)}/${repository}.git`
  const work = (repository = usual) => {
    const there = works.get(repository) ?? makeWork(world.folder, cloneUrl(repository), { login, name })
    works.set(repository, there)
    return there
  }
  const change = (number: number, body: unknown, repository = usual) =>
    api('PATCH', `/repos/${repository}/pulls/${number}`, body).then(() => undefined)
  const record = (path: string) => api('GET', path).then(objectOf)

  return {
    ...{ login, token, cloneUrl, work, api },
    async createRepository({ owner = login, name: repository, private: hidden = false }) {
      const path = owner === login ? '/user/repos' : `/orgs/${owner}/repos`
      const made = await api('POST', path, { name: repository, private: hidden })
      if (owner === world.seed.organisation)
        await api('PUT', `/repos/${owner}/${repository}/collaborators/grace`, { permission: 'push' })
      return objectOf(made)
    },
    fork: (repository = usual) => api('POST', `/repos/${repository}/forks`, {}).then(objectOf),
    push: async (branch, message, files, repository) => (await work(repository)).push(branch, message, files),
    deleteBranch: async (branch, repository) => (await work(repository)).deleteBranch(branch),
    async openChange({ repository = usual, base = 'main', ...rest }) {
      return numberAt(await api('POST', `/repos/${repository}/pulls`, { base, ...rest }), 'number')
    },
    change: (number, repository = usual) => record(`/repos/${repository}/pulls/${number}`),
    async comment(number, body, repository = usual) {
      return numberAt(await api('POST', `/repos/${repository}/issues/${number}/comments`, { body }), 'id')
    },
    comments: async (number, repository = usual) =>
      (await api('GET', `/repos/${repository}/issues/${number}/comments?per_page=100`)) as Json[],
    editComment: (id, body, repository = usual) =>
      api('PATCH', `/repos/${repository}/issues/comments/${id}`, { body }).then(() => undefined),
    deleteComment: (id, repository = usual) =>
      api('DELETE', `/repos/${repository}/issues/comments/${id}`).then(() => undefined),
    close: (number, repository) => change(number, { state: 'closed' }, repository),
    reopen: (number, repository) => change(number, { state: 'open' }, repository),
    async merge(number, { method = 'merge', repository = usual } = {}) {
      const body = { merge_method: method }
      return textAt(await api('PUT', `/repos/${repository}/pulls/${number}/merge`, body), 'sha')
    },
    label: (number, label, repository = usual) =>
      api('POST', `/repos/${repository}/issues/${number}/labels`, { labels: [label] }).then(() => undefined),
    unlabel: (number, label, repository = usual) =>
      api('DELETE', `/repos/${repository}/issues/${number}/labels/${encodeURIComponent(label)}`).then(
        () => undefined,
      ),
    setDraft: (number, draft, repository) => change(number, { draft }, repository),
    editBase: (number, base, repository) => change(number, { base }, repository),
    editTitle: (number, title, repository) => change(number, { title }, repository),
    renameRepository: (to, repository = usual) =>
      api('PATCH', `/repos/${repository}`, { name: to }).then(() => undefined),
    transferRepository: (owner, repository = usual) =>
      api('POST', `/repos/${repository}/transfer`, { new_owner: owner }).then(() => undefined),
    deleteRepository: (repository = usual) => api('DELETE', `/repos/${repository}`).then(() => undefined),
  }
}

function fail(message: string): never {
  throw new Error(message)
}
