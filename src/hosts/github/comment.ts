import { unlessGone } from '../failure.ts'
import type { OwnComment, OwnComments } from '../marked-comment.ts'
import { anything, ask, each, type RepositoryAsker } from './ask.ts'
import { isMine } from './me.ts'
import { comment, made } from './payloads.ts'

/** Those of ours on a change. */
export function ownComments(at: RepositoryAsker, change: string): OwnComments {
  return {
    host: 'GitHub',
    limit: 65_000,
    list: () => listMine(at, change),
    create: (body) => create(at, change, body),
    edit: (id, body) => edit(at, id, body),
    remove: (id) => remove(at, id),
  }
}

async function listMine(at: RepositoryAsker, change: string): Promise<OwnComment[]> {
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
  const me = await at.me()
  const mine: OwnComment[] = []
  for await (const one of each(at, route, { issue_number: change }, comment)) {
    const author = { login: one.user?.login ?? '', appId: one.performed_via_github_app?.id ?? null }
    if (isMine(me, author)) mine.push({ id: one.id, body: one.body ?? '' })
  }
  return mine.sort((a, b) => Number(a.id) - Number(b.id))
}

async function create(at: RepositoryAsker, change: string, body: string): Promise<string> {
  const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
  return (await ask(at, route, { issue_number: change, body }, made)).id
}

async function edit(at: RepositoryAsker, id: string, body: string): Promise<boolean> {
  const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'
  return unlessGone(ask(at, route, { comment_id: id, body }, anything))
}

async function remove(at: RepositoryAsker, id: string): Promise<boolean> {
  const route = 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}'
  return unlessGone(ask(at, route, { comment_id: id }, anything))
}
