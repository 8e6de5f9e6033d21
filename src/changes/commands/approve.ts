import { isQaackError, QaackError } from '../../errors.ts'
import { noteOf } from '../../events/note.ts'
import type { HostChange } from '../../hosts/event.ts'
import { code, text } from '../../reports/markdown.ts'
import { Conflict } from '../../stores/store.ts'
import { isApproved, mayBeMistaken, type ChangeRecord } from '../change.ts'
import { followChange } from '../follow.ts'
import { takeChange } from '../take.ts'
import type { Asked, Reply } from './command.ts'

/**
 * Allows one commit of a fork to be built: the one that is named, or else the one that was known when the comment was read.
 * Either must be what the host offers at this moment, and right after a push the whole commit must be named, so that nothing
 * is allowed that was pushed while somebody looked.
 */
export async function approve(asked: Asked, named: string | null): Promise<Reply> {
  const { parts, repository, change } = asked
  const said = await asked.ask()
  if (!said) throw new QaackError('not_found', 'the change is not at the git host any more')
  if (!said.fork) return 'This change does not come from a fork: it needs no approval.'
  if (said.state !== 'open') throw new QaackError('conflict', `the change was ${said.state}`)
  if (!said.hash.startsWith(named ?? change.hash)) throw newer(said.hash)
  const taken = await takeChange(parts, repository, said)
  if (named !== said.hash && mayBeMistaken(taken, parts.clock.now())) throw newer(said.hash)
  await keepApproval(asked, taken, said)
  const allowed = `Commit ${code(said.hash.slice(0, 7))} may be built. The next push needs a new approval.`
  try {
    await followChange(parts, taken.id)
    return allowed
  } catch (error) {
    if (!isQaackError(error)) throw error
    return `${allowed} But ${text(error.message)}. Comment ${code('/qaack build')} to try again.`
  }
}

async function keepApproval({ parts, by }: Asked, taken: ChangeRecord, said: HostChange): Promise<void> {
  const { hash, target } = said
  let record: ChangeRecord | undefined = taken
  for (;;) {
    if (record?.hash !== hash || record.target !== target) throw newer(record?.hash ?? hash)
    if (isApproved(record)) return
    const { repositoryId, name } = record
    const message = `commit ${hash.slice(0, 7)} of change ${name}, from a fork, approved by ${by}`
    const approved = { hash, target, by, at: parts.clock.now() }
    try {
      return await parts.store.commit([
        { save: 'change', record: { ...record, approved } },
        noteOf(parts, 'command', message, { repositoryId }),
      ])
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      record = await parts.store.get('change', taken.id)
    }
  }
}

function newer(hash: string): QaackError {
  return new QaackError(
    'conflict',
    `the change has a newer commit, ${hash.slice(0, 7)}; look at that and approve it: /qaack approve ${hash}`,
  )
}
