import { findRepository } from './client/find.ts'
import type { Http } from './client/http.ts'
import { readRepository } from './client/read.ts'
import type { Repository } from './client/shapes.ts'
import { askAgain } from './client/streams.ts'
import { connect } from './connect.ts'
import { refText } from './environment-text.ts'
import { CliFailure } from './terminal/failure.ts'
import { untilInterrupted } from './terminal/interrupt.ts'
import { spin } from './terminal/spinner.ts'
import { oneLine } from './terminal/text.ts'
import { say, show, type World } from './terminal/world.ts'

/** Milliseconds between two looks. */
const pause = 300
/** Milliseconds after which an old error that does not go away counts as the new one. */
const stubborn = 10_000
/** Refs that are named one by one. */
const mostNamed = 12

/** `qaack repo sync`. */
export async function sync(world: World, given: string): Promise<void> {
  const http = connect(world)
  const repository = await readRefs(world, http, await findRepository(http, given))
  if (repository.syncError)
    throw new CliFailure(`the refs of ${repository.name} cannot be read: ${repository.syncError}`)
  show(world, repository, () => syncText(repository))
}

/** Has the refs of a repository read now; as `waitForSync`. */
export async function readRefs(world: World, http: Http, before: Repository): Promise<Repository> {
  await http.json(`/api/repository/${before.id}/sync`, { method: 'POST' })
  return waitForSync(world, http, before.id, before)
}

/** The repository once its refs were read, or could not be, since it looked like `before`. */
export async function waitForSync(
  world: World,
  http: Http,
  id: string,
  before?: Repository,
): Promise<Repository> {
  const spinner = spin(world, 'reading the refs')
  const until = world.clock.now() + stubborn
  const work = async (signal: AbortSignal) => {
    for (;;) {
      const repository = await askAgain(world, () => readRepository(http, id), signal)
      const { syncedAt, syncError } = repository
      if (syncedAt !== before?.syncedAt || syncError !== before?.syncError) return repository
      if (syncError !== undefined && world.clock.now() >= until) return repository
      await world.clock.sleep(pause, signal)
      signal.throwIfAborted()
    }
  }
  return untilInterrupted(
    (signal) => work(signal).finally(() => spinner.stop()),
    () => say(world, `The server goes on reading; qaack repo show ${id} tells how it went.`),
  )
}

/** How many refs there are and what they are called. */
export function syncText({ environments }: Repository): string {
  const refs = [...new Set(environments.map(({ gitRef }) => oneLine(refText(gitRef))))]
  if (refs.length === 0) return 'It has no refs yet; push a branch.'
  const named = refs.slice(0, mostNamed).join(', ')
  const more = refs.length > mostNamed ? ` and ${refs.length - mostNamed} more` : ''
  return `${refs.length} ${refs.length === 1 ? 'ref' : 'refs'}: ${named}${more}`
}
