import { isHostFailure } from '../failure.ts'
import type { Answer } from '../host.ts'
import { award } from './answers.ts'
import { anything, ask, each, type ProjectAsker } from './ask.ts'
import { isMine } from './me.ts'
import { notesOf, putNote } from './note.ts'

const emoji = { seen: 'eyes', done: 'rocket', refused: 'confused' } as const

/** An award emoji, and the one answer to a note. */
export async function answer(at: ProjectAsker, { change, commentId, reaction, text }: Answer): Promise<void> {
  const awards = awardsOf(at, change, commentId)
  const name = emoji[reaction]
  if (!(await isAwarded(at, awards, name))) await give(at, awards, name)
  if (text !== null) await putNote(at, { change, mark: `answer ${commentId}`, body: text }, null)
}

function awardsOf(at: ProjectAsker, change: string, commentId: string): string {
  return `${notesOf(at, change)}/${encodeURIComponent(commentId)}/award_emoji`
}

async function give(at: ProjectAsker, awards: string, name: string): Promise<void> {
  try {
    await ask(at, 'POST', awards, { body: { name } }, anything)
  } catch (error) {
    // The second time GitLab says that it does not find it.
    if (isHostFailure(error, 'gone', 'refused') && (await isAwarded(at, awards, name))) return
    throw error
  }
}

/** Whether the work on a note has ended. HostFailure `gone` if there is no such note. */
export async function isAnswered(at: ProjectAsker, change: string, commentId: string): Promise<boolean> {
  const awards = awardsOf(at, change, commentId)
  return (await isAwarded(at, awards, emoji.done)) || isAwarded(at, awards, emoji.refused)
}

/** By us. HostFailure `gone` if there is no such note. */
async function isAwarded(at: ProjectAsker, awards: string, name: string): Promise<boolean> {
  const me = await at.me()
  for await (const one of each(at, awards, {}, award))
    if (one.name === name && isMine(me, one.user?.id ?? null)) return true
  return false
}
