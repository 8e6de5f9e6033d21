import type { Answer, ChangeHost } from '../hosts/host.ts'
import { isHostFailure } from '../hosts/failure.ts'
import type { HostComment, HostEvent } from '../hosts/event.ts'
import { messageOf } from '../errors.ts'
import { note } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import { inClear } from '../repositories/params-secrets.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import { commandsAdded, parseComment, type Command } from '../triggers/comment.ts'
import { mayRun } from '../triggers/permit.ts'
import { markOf, openBook } from './commands/book.ts'
import type { Asked } from './commands/command.ts'
import { answerText, runCommands } from './commands/run.ts'
import { followChange } from './follow.ts'
import { findChange, takeChange } from './take.ts'

/** Milliseconds between two tries to answer what was worked on beside the delivery. */
const pauses = [5_000, 30_000, 120_000, 600_000]

/** Comments whose commands are being done by this process. */
const underWay = new WeakMap<Parts['store'], Set<string>>()

/** Does what the commands of a comment on a change ask for, and answers each comment once. Returns the decision, as a sentence. */
export async function handleComment(
  parts: Parts,
  repository: RepositoryRecord,
  { change: name, comment }: Extract<HostEvent, { kind: 'comment' }>,
  deliveryId: string | null,
): Promise<string> {
  if (comment.ours) return 'ignored: a comment of our own'
  const commands = commandsOf(comment)
  if (commands.length === 0) return `ignored: no command in a comment on change ${name}`
  const host = parts.hosts[repository.type]?.changes
  if (!host) return `ignored: repositories of type ${repository.type} have no changes`
  const open = inClear(parts.secretKey, repository)
  if (typeof comment.before !== 'string' && (await isDone(host, open, name, comment))) {
    return comment.before === null
      ? `ignored: the commands of a comment on change ${name} were done before`
      : `ignored: a comment on change ${name} was edited after its commands were done; new ones need a new comment`
  }
  const ask = async () => (await host.list(open, name))[0]
  const change = (await findChange(parts, repository.id, name)) ?? (await known(parts, repository, ask))
  if (!change) return `ignored: change ${name} is not at the git host any more`
  const mark = markOf(deliveryId, comment.id)
  // The server was killed, or could not write, before it was known that the delivery is done.
  if (mark !== null && change.commands?.some(({ key }) => key === mark))
    return `ignored: the commands of a comment on change ${name} were done before`
  const needsRight = commands.some((command) => mayRun(command, false) !== undefined)
  const mayWrite = needsRight && (await host.mayWrite(open, comment.author))
  const asked = {
    parts,
    repository,
    change,
    by: comment.author,
    ask,
    room: Math.floor(50_000 / commands.length),
  }
  const answer = (given: Pick<Answer, 'reaction' | 'text'>) =>
    answered(parts, host, open, { change: name, commentId: comment.id, ...given })
  await answer({ reaction: 'seen', text: null })
  const work = () => workOn(asked, commands, mayWrite, { comment, mark }, answer)
  if (!commands.some((command) => command.name === 'run')) return work()
  // It may take minutes, for which no push shall have to wait.
  parts.background.run(`commands of ${comment.author}`, () => untilAnswered(parts, work))
  return `${commandsText(commands)} of ${comment.author} on change ${name} begun`
}

function commandsOf({ text, before }: HostComment): Command[] {
  return typeof before === 'string' ? commandsAdded(before, text) : parseComment(text)
}

/**
 * Several webhooks of a host, made by us and by hand, may tell of one comment. Where the host cannot say it, a new one is not
 * done and an edited one is.
 */
async function isDone(
  host: ChangeHost,
  open: RepositoryRecord,
  name: string,
  { id, before }: HostComment,
): Promise<boolean> {
  try {
    return (await host.isAnswered?.(open, name, id)) ?? before === undefined
  } catch (error) {
    // A new one that was deleted meanwhile, or that we may not react to, is obeyed all the same.
    if (before === null && isHostFailure(error, 'gone', 'refused')) return false
    throw error
  }
}

/** A change that was missed so far: what it is due comes before what somebody asks for. */
async function known(parts: Parts, repository: RepositoryRecord, ask: Asked['ask']) {
  const said = await ask()
  if (!said) return undefined
  const { id } = await takeChange(parts, repository, said)
  await followChange(parts, id)
  return parts.store.get('change', id)
}

async function workOn(
  asked: Asked,
  commands: Command[],
  mayWrite: boolean,
  { comment, mark }: { comment: HostComment; mark: string | null },
  answer: (given: Pick<Answer, 'reaction' | 'text'>) => Promise<void>,
): Promise<string> {
  const { parts, change, by } = asked
  const key = JSON.stringify([comment.id, comment.text])
  const busy = underWay.get(parts.store) ?? new Set<string>()
  underWay.set(parts.store, busy)
  const mine = `${change.id} ${key}`
  if (busy.has(mine))
    return `ignored: the commands of a comment on change ${change.name} are being done already`
  busy.add(mine)
  try {
    const book = await openBook(parts, change.id, key, mark)
    await runCommands(asked, commands, mayWrite, book)
    const { outcomes } = book.state
    const refused = outcomes.filter(({ refused }) => refused)
    await answer({ reaction: refused.length > 0 ? 'refused' : 'done', text: answerText(commands, outcomes) })
    await book.close()
    const end = refused.length === 0 ? 'done' : `${refused.length} of ${outcomes.length} refused`
    return `${commandsText(commands)} of ${by} on change ${change.name}: ${end}`
  } finally {
    busy.delete(mine)
  }
}

/** A comment that was deleted, or that we may not react to, is no reason not to do what it says. */
async function answered(
  parts: Parts,
  host: ChangeHost,
  open: RepositoryRecord,
  answer: Answer,
): Promise<void> {
  try {
    await host.answer(open, answer)
  } catch (error) {
    if (!isHostFailure(error, 'gone', 'refused')) throw error
    const message = `a comment on change ${answer.change} could not be answered: ${messageOf(error)}`
    await note(parts, 'report', message, { repositoryId: open.id })
  }
}

async function untilAnswered(parts: Parts, work: () => Promise<string>): Promise<void> {
  for (const pause of [...pauses, undefined]) {
    try {
      return void (await work())
    } catch (error) {
      if (!isHostFailure(error) || pause === undefined) throw error
      const wanted = (error.retryAt ?? 0) - parts.clock.now()
      await parts.clock.sleep(Math.max(pause, wanted), parts.ending)
      if (parts.ending.aborted) throw error
    }
  }
}

function commandsText(commands: Command[]): string {
  return commands.map(({ name }) => (name === 'unknown' ? 'an unknown command' : `/qaack ${name}`)).join(', ')
}
