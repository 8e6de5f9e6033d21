import type { Answer } from '../host.ts'
import { putComment } from '../marked-comment.ts'
import { anything, ask, type RepositoryAsker } from './ask.ts'
import { ownComments } from './comment.ts'

const reactions = { seen: 'eyes', done: 'rocket', refused: 'confused' } as const

/** A reaction, which GitHub takes once from each of us, and the one answer to a comment. */
export async function answer(
  at: RepositoryAsker,
  { change, commentId, reaction, text }: Answer,
): Promise<void> {
  const route = 'POST /repos/{owner}/{repo}/issues/comments/{comment_id}/reactions'
  await ask(at, route, { comment_id: commentId, content: reactions[reaction] }, anything)
  if (text === null) return
  const wish = { change, mark: `answer ${commentId}`, body: text }
  await putComment(ownComments(at, change), wish, null)
}
