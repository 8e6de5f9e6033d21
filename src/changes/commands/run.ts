import { isQaackError, messageOf } from '../../errors.ts'
import { noteOf } from '../../events/note.ts'
import { isHostFailure } from '../../hosts/failure.ts'
import { code, text } from '../../reports/markdown.ts'
import { sentence, sentenceAndDetails } from '../../reports/words.ts'
import { commandHelp } from '../../triggers/command-help.ts'
import type { Command } from '../../triggers/comment.ts'
import { mayRun } from '../../triggers/permit.ts'
import type { CommandOutcome } from '../change.ts'
import { run } from './action.ts'
import { approve } from './approve.ts'
import type { CommandBook } from './book.ts'
import type { Asked, Reply } from './command.ts'
import { fenced, logs, url } from './look.ts'
import { build, cancel, clone, lock, remove, unlock } from './steer.ts'

/** Those of which two times is more than once. */
const onceOnly: Command['name'][] = ['rebuild', 'clone', 'run']
const interrupted =
  'The server ended while this was being done, so nobody knows whether it was; look, and ask again if it was not.'

/**
 * Does the commands of a comment one after the other. What came of each is in the `book`; those in it already were done before a
 * failure of the host, which is thrown, or by a server that was killed, and are not done again.
 */
export async function runCommands(
  asked: Asked,
  commands: Command[],
  mayWrite: boolean,
  book: CommandBook,
): Promise<void> {
  for (const [index, command] of commands.entries()) {
    const { outcomes, begun } = book.state
    if (index < outcomes.length) continue
    const isOnce = onceOnly.includes(command.name)
    // That it was begun is written before it is, so that a kill in between can make it left out, but never done twice.
    if (isOnce && begun <= index) await book.write({ begun: index + 1 })
    const isLeftOver = isOnce && begun > index
    const outcome = isLeftOver
      ? { refused: true, reply: interrupted }
      : await outcomeOf(asked, command, mayWrite).catch(async (error: unknown) => {
          if (isOnce) await book.write({ begun: index })
          throw error
        })
    const how = outcome.refused ? `refused: ${outcome.reply?.split('\n', 1)[0] ?? ''}` : 'done'
    const message = `${lineOf(command)} of ${asked.by} on change ${asked.change.name}: ${how}`
    const about = { repositoryId: asked.repository.id }
    await book.write({ outcomes: [...outcomes, outcome] }, noteOf(asked.parts, 'command', message, about))
  }
}

/** All answers in one; null where the reaction says it all. The help stands at its end, once. */
export function answerText(commands: Command[], outcomes: readonly CommandOutcome[]): string | null {
  const several = outcomes.length > 1
  const replies = outcomes.flatMap(({ reply }, index) => {
    const command = commands[index]
    if (reply === null || !command) return []
    const isNamed = several && command.name !== 'unknown'
    return [isNamed ? `${code(lineOf(command))}\n\n${reply}` : reply]
  })
  const wantsHelp = commands.some(({ name }) => name === 'help' || name === 'unknown')
  const all = [...replies, ...(wantsHelp ? [commandHelp] : [])]
  return all.length === 0 ? null : all.join('\n\n')
}

async function outcomeOf(asked: Asked, command: Command, mayWrite: boolean): Promise<CommandOutcome> {
  const refusal = mayRun(command, mayWrite)
  if (refusal !== undefined) return { refused: true, reply: sentence(refusal) }
  if (command.name === 'unknown')
    return { refused: true, reply: `${code(command.line)}: ${sentence(command.why)}` }
  try {
    return { refused: false, reply: await done(asked, command) }
  } catch (error) {
    if (isHostFailure(error, 'unavailable', 'limited')) throw error
    const ours = !isQaackError(error) && !isHostFailure(error)
    if (ours) asked.parts.logger.error({ err: error, command: command.name }, 'a command failed')
    const why = ours ? 'we failed; the log of the server has the details' : messageOf(error)
    return { refused: true, reply: reasonText(why, asked.room) }
  }
}

/** A reason's first line is a sentence, the others are output of somebody's program. */
function reasonText(why: string, room: number): string {
  const { sentence: first, details } = sentenceAndDetails(why)
  const said = sentence(text(first))
  return details.length === 0 ? said : `${said}\n\n${fenced(details.join('\n'), room)}`
}

function done(asked: Asked, command: Exclude<Command, { name: 'unknown' }>): Promise<Reply> | Reply {
  switch (command.name) {
    case 'help':
      return null
    case 'url':
      return url(asked)
    case 'build':
      return build(asked, false)
    case 'rebuild':
      return build(asked, true, command.clean)
    case 'cancel':
      return cancel(asked)
    case 'delete':
      return remove(asked)
    case 'lock':
      return lock(asked, command.service)
    case 'unlock':
      return unlock(asked, command.service)
    case 'logs':
      return logs(asked, command.service)
    case 'run':
      return run(asked, command.action)
    case 'clone':
      return clone(asked)
    case 'approve':
      return approve(asked, command.hash)
  }
}

function lineOf(command: Command): string {
  if (command.name === 'unknown') return command.line.slice(0, 100)
  const { name } = command
  const argument =
    'service' in command
      ? command.service
      : 'action' in command
        ? command.action
        : 'hash' in command
          ? command.hash
          : null
  return `/qaack ${name}${argument === null ? '' : ` ${argument}`}`
}
