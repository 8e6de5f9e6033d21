import { numberAt, objectOf, parseJson, textAt, type Json } from '../../../src/demo/github/json.ts'
import { makeWork, type Work } from '../../../src/demo/github/work.ts'
import { isDraft, withoutDraft } from './merge-request-view.ts'
import type { World } from './world.ts'

export interface GitlabChange {
  title: string
  /** A branch; with `fork` of the person's own fork. */
  from: string
  /** main if left out. */
  to?: string
  fork?: boolean
  draft?: boolean
}

/** Somebody who works with GitLab, over the same API and the same git as everybody; in `acme/shop`, if nothing else is said. */
export interface GitlabUser {
  username: string
  token: string
  /** Any request below /api/v4: the parsed answer; throws unless the status is 2xx. */
  api(method: string, path: string, body?: unknown): Promise<unknown>
  /** Writes files (null deletes one) on a branch, from main if it is new, and pushes. Returns the commit. */
  push(
    branch: string,
    message: string,
    files: Record<string, string | null>,
    project?: string,
  ): Promise<string>
  /** Their clone, for any other git command. */
  work(project?: string): Promise<Work>
  /** Returns its path, e.g. `mallory/shop`. */
  fork(): Promise<string>
  deleteBranch(branch: string, project?: string): Promise<void>
  /** Returns its iid. */
  openChange(change: GitlabChange): Promise<number>
  change(iid: number): Promise<Json>
  /** Returns the id of the note. */
  comment(iid: number, text: string): Promise<number>
  editComment(id: number, text: string): Promise<void>
  deleteComment(id: number): Promise<void>
  comments(iid: number): Promise<Json[]>
  close(iid: number): Promise<void>
  reopen(iid: number): Promise<void>
  merge(iid: number): Promise<void>
  label(iid: number, name: string): Promise<void>
  unlabel(iid: number, name: string): Promise<void>
  setDraft(iid: number, draft: boolean): Promise<void>
  setTarget(iid: number, branch: string): Promise<void>
  setTitle(iid: number, title: string): Promise<void>
}

const shop = 'acme/shop'
const changes = '/projects/acme%2Fshop/merge_requests'

export function makeUser(world: World, username: string): GitlabUser {
  const { token, name } = world.accounts.find((one) => one.username === username) ?? fail(username)
  const works = new Map<string, Promise<Work>>()

  const api = async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${world.base}/api/v4${path}`, {
      method,
      headers: { 'private-token': token, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    })
    const text = await response.text()
    if (!response.ok)
      throw new Error(`GitLab answered ${response.status} to ${method} ${path} of ${username}: ${text}`)
    return parseJson(text)
  }
  const work = (project = shop) => {
    const address = `${world.base.replace('http://', `http://${username}:${token}@`)}/${project}.git`
    const there = works.get(project) ?? makeWork(world.folder, address, { login: username, name })
    works.set(project, there)
    return there
  }
  const edit = (iid: number, body: Json) => api('PUT', `${changes}/${iid}`, body).then(() => undefined)
  const titleOf = async (iid: number) => textAt(await api('GET', `${changes}/${iid}`), 'title')
  const note = (id: number) => `${changes}/${iidOfNote(world, id)}/notes/${id}`

  return {
    ...{ username, token, api, work },
    push: async (branch, message, files, project) => (await work(project)).push(branch, message, files),
    fork: async () =>
      textAt(await api('POST', `/projects/${encodeURIComponent(shop)}/fork`), 'path_with_namespace'),
    deleteBranch: async (branch, project) => (await work(project)).deleteBranch(branch),
    async openChange({ title, from, to = 'main', fork = false, draft = false }) {
      const target = numberAt(await api('GET', `/projects/${encodeURIComponent(shop)}`), 'id')
      const source = fork ? `${username}/shop` : shop
      const made = await api('POST', `/projects/${encodeURIComponent(source)}/merge_requests`, {
        title: draft ? `Draft: ${title}` : title,
        ...{ source_branch: from, target_branch: to, target_project_id: target },
      })
      return numberAt(made, 'iid')
    },
    change: (iid) => api('GET', `${changes}/${iid}`).then(objectOf),
    comment: async (iid, body) => numberAt(await api('POST', `${changes}/${iid}/notes`, { body }), 'id'),
    editComment: (id, body) => api('PUT', note(id), { body }).then(() => undefined),
    deleteComment: (id) => api('DELETE', note(id)).then(() => undefined),
    comments: async (iid) => (await api('GET', `${changes}/${iid}/notes?sort=asc&per_page=100`)) as Json[],
    close: (iid) => edit(iid, { state_event: 'close' }),
    reopen: (iid) => edit(iid, { state_event: 'reopen' }),
    merge: (iid) => api('PUT', `${changes}/${iid}/merge`).then(() => undefined),
    label: (iid, label) => edit(iid, { add_labels: label }),
    unlabel: (iid, label) => edit(iid, { remove_labels: label }),
    async setDraft(iid, draft) {
      const title = withoutDraft(await titleOf(iid))
      await edit(iid, { title: draft ? `Draft: ${title}` : title })
    },
    setTarget: (iid, branch) => edit(iid, { target_branch: branch }),
    // the mark of a draft is a part of the title, which people leave there
    async setTitle(iid, title) {
      await edit(iid, { title: isDraft(await titleOf(iid)) ? `Draft: ${title}` : title })
    },
  }
}

/** Nobody knows only the number of a note: its address has the merge request's in it too. */
function iidOfNote(world: World, id: number): number {
  const all = world.projects.flatMap(({ mergeRequests }) => mergeRequests)
  const found = all.find(({ notes }) => notes.some((note) => note.id === id))
  if (!found) throw new Error(`There is no note ${id}`)
  return found.iid
}

function fail(username: string): never {
  throw new Error(`Nobody is called ${username}`)
}
