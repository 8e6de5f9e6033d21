import { HostFailure, isHostFailure } from '../failure.ts'
import { anything, ask, each, type RepositoryAsker } from './ask.ts'
import { cutMarkdown } from './cut.ts'
import { isMine } from './me.ts'
import { comment, made, type Comment } from './payloads.ts'

export interface MarkedComment {
  change: string
  mark: string
  /** Markdown. */
  body: string
}

const most = 3

/**
 * Makes the one comment of ours on a change that bears the mark, or makes it say what it should; returns its id. Made again if
 * somebody deleted it. If two made it at the same time, the older one stays.
 */
export async function putComment(
  at: RepositoryAsker,
  wish: MarkedComment,
  handle: string | null,
): Promise<string> {
  // Somebody may delete it while we look; who does so all the time is not followed for ever.
  for (let tries = 0; tries < most; tries += 1) {
    const id = await put(at, wish, tries === 0 ? handle : null)
    if (id !== null) return id
  }
  throw new HostFailure(
    'unavailable',
    `GitHub lists a comment on change ${wish.change} that it does not know`,
  )
}

/** null if what was found was not there any more. */
async function put(at: RepositoryAsker, wish: MarkedComment, handle: string | null): Promise<string | null> {
  const first = `<!-- qaack ${wish.mark} -->`
  const body = `${first}\n${cutMarkdown(wish.body, 65_000)}`
  if (handle !== null && (await edit(at, handle, body))) return handle
  const found = await findMine(at, wish.change, first)
  const id = found.length === 0 ? await create(at, wish.change, body) : null
  const [kept, ...doubles] = id === null ? found : await findMine(at, wish.change, first)
  // Made, but not in the list yet.
  if (!kept) return id
  for (const double of doubles) await remove(at, double.id)
  const stays = kept.body === body || (await edit(at, kept.id, body))
  return stays ? kept.id : null
}

/** False if it is not there any more. */
async function edit(at: RepositoryAsker, id: string, body: string): Promise<boolean> {
  const route = 'PATCH /repos/{owner}/{repo}/issues/comments/{comment_id}'
  return unlessGone(ask(at, route, { comment_id: id, body }, anything))
}

async function remove(at: RepositoryAsker, id: string): Promise<boolean> {
  const route = 'DELETE /repos/{owner}/{repo}/issues/comments/{comment_id}'
  return unlessGone(ask(at, route, { comment_id: id }, anything))
}

async function create(at: RepositoryAsker, change: string, body: string): Promise<string> {
  const route = 'POST /repos/{owner}/{repo}/issues/{issue_number}/comments'
  return (await ask(at, route, { issue_number: change, body }, made)).id
}

/** Oldest first. */
async function findMine(at: RepositoryAsker, change: string, first: string): Promise<Comment[]> {
  const route = 'GET /repos/{owner}/{repo}/issues/{issue_number}/comments'
  const me = await at.me()
  const mine: Comment[] = []
  for await (const one of each(at, route, { issue_number: change }, comment)) {
    const author = { login: one.user?.login ?? '', appId: one.performed_via_github_app?.id ?? null }
    if (isMine(me, author) && one.body?.split(/\r?\n/, 1)[0] === first) mine.push(one)
  }
  return mine.sort((a, b) => Number(a.id) - Number(b.id))
}

async function unlessGone(asking: Promise<unknown>): Promise<boolean> {
  try {
    await asking
    return true
  } catch (error) {
    if (isHostFailure(error, 'gone')) return false
    throw error
  }
}
