import { unlessGone } from '../failure.ts'
import { putComment, type MarkedComment, type OwnComment, type OwnComments } from '../marked-comment.ts'
import { made, note } from './answers.ts'
import { anything, ask, each, type ProjectAsker } from './ask.ts'
import { isMine } from './me.ts'

/** Makes the one note of ours on a change that bears the mark, or makes it say what it should; returns its id. */
export function putNote(at: ProjectAsker, wish: MarkedComment, handle: string | null): Promise<string> {
  return putComment(ownNotes(at, wish.change), { ...wish, body: harmless(wish.body) }, handle)
}

/**
 * GitLab does what a line that begins with a slash says (`/merge`), with our rights, and its idea of a code block is not
 * that of Markdown: a log could end one. After a blank a slash is a slash.
 */
function harmless(body: string): string {
  return body.replace(/^\//gm, ' /')
}

function ownNotes(at: ProjectAsker, change: string): OwnComments {
  const notes = notesOf(at, change)
  return {
    host: 'GitLab',
    // It takes a million characters; nobody reads that many.
    limit: 500_000,
    list: () => listMine(at, notes),
    create: async (body) => (await ask(at, 'POST', notes, { body: { body } }, made)).id,
    edit: (id, body) => unlessGone(ask(at, 'PUT', `${notes}/${id}`, { body: { body } }, anything)),
    remove: (id) => unlessGone(ask(at, 'DELETE', `${notes}/${id}`, {}, anything)),
  }
}

/** Path of the notes of a change. */
export function notesOf(at: ProjectAsker, change: string): string {
  return `projects/${at.project}/merge_requests/${encodeURIComponent(change)}/notes`
}

async function listMine(at: ProjectAsker, notes: string): Promise<OwnComment[]> {
  const me = await at.me()
  const mine: OwnComment[] = []
  for await (const one of each(at, notes, { order_by: 'created_at', sort: 'asc' }, note))
    if (one.system !== true && isMine(me, one.author?.id ?? null))
      mine.push({ id: one.id, body: one.body ?? '' })
  return mine.sort((a, b) => Number(a.id) - Number(b.id))
}
