import { isQaackError, messageOf } from '../../errors.ts'
import { note } from '../../events/note.ts'
import { isHostFailure } from '../../hosts/failure.ts'
import { code, text } from '../../reports/markdown.ts'
import { sentence, sentenceAndDetails } from '../../reports/words.ts'
import { commandHelp } from '../../triggers/command-help.ts'
import type { Command } from '../../triggers/comment.ts'
import { mayRun } from '../../triggers/permit.ts'
import { run } from './action.ts'
import { approve } from './approve.ts'
import type { Asked, Reply } from './command.ts'
import { fenced, logs, url } from './look.ts'
import { build, cancel, clone, lock, remove, unlock } from './steer.ts'

/** What came of one command. `reply` is Markdown; null where a reaction says it all. */
export interface Outcome {
  refused: boolean
  reply: Reply
}

/**
 * Does the commands of a comment one after the other. `outcomes` is told of each; what is in it already was done before a
 * failure of the host, which is thrown, and is not done again.
 */
export async function runCommands(
  asked: Asked,
  commands: Command[],
  mayWrite: boolean,
  outcomes: Outcome[],
): Promise<void> {
  for (const command of commands.slice(outcomes.length)) {
    const outcome = await outcomeOf(asked, command, mayWrite)
    outcomes.push(outcome)
    const how = outcome.refused ? `refused: ${outcome.reply?.split('\n', 1)[0] ?? ''}` : 'done'
    const message = `${lineOf(command)} of ${asked.by} on change ${asked.change.name}: ${how}`
    await note(asked.parts, 'command', message, { repositoryId: asked.repository.id })
  }
}

/** All answers in one; null where the reaction says it all. The help stands at its end, once. */
export function answerText(commands: Command[], outcomes: Outcome[]): string | null {
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

async function outcomeOf(asked: Asked, command: Command, mayWrite: boolean): Promise<Outcome> {
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
