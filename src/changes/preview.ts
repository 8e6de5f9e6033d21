import { addRef } from '../environments/add-refs.ts'
import { decideIgnored } from '../environments/decide-commit.ts'
import { decideWanted } from '../environments/decide-wanted.ts'
import type { Decision } from '../environments/decision.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { ttlFor } from '../environments/expiry.ts'
import { change as changeEnvironment, dropEnvironment } from '../environments/lifecycle.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import type { ChangeRecord } from './change.ts'
import type { Seen } from './verdict.ts'

/** The environments of a change: the first one is its preview, the others are clones. */
export function environmentsOf(parts: Parts, change: ChangeRecord): Promise<EnvironmentRecord[]> {
  const { repositoryId, name: refName } = change
  return parts.store.list('environment', { repositoryId, refType: 'change', refName })
}

/** What came of an intention with several environments. */
export interface Done extends Seen {
  /** The change as it is kept then: adding its preview counts as a change of it. */
  change: ChangeRecord
  /** Sentences on what could not be done. */
  but: string[]
}

/**
 * The commit that a change offers is wanted in its preview, which is made if there is none, and in its clones. With `again`
 * also if it was deleted at this commit. Conflict if the change was changed meanwhile.
 */
export async function wantPreview(
  parts: Parts,
  repository: RepositoryRecord,
  change: ChangeRecord,
  again: boolean,
): Promise<Done> {
  const { name, hash } = change
  const [before, ...clones] = await environmentsOf(parts, change)
  // Written with the change itself, so that of two servers only one makes a preview, and none for a change that is closed.
  const first =
    before ??
    (await addRef(parts, repository, { type: 'change', name, hash }, [{ save: 'change', record: change }]))
  const ttl = ttlFor(undefined, repository.settings.environmentTTL, parts.config.environment.ttl)
  const but: string[] = []
  for (const { id } of [first, ...clones])
    await possible(but, () =>
      changeEnvironment(parts, id, (s) => decideWanted(s, { hash, ttl, again: again && id === first.id })),
    )
  const after = await parts.store.get('environment', first.id)
  return { change: before ? change : { ...change, version: change.version + 1 }, before, after, but }
}

/** What runs stays as it is, and counts as older than what the change offers. */
export async function keepPreview(parts: Parts, change: ChangeRecord, why: string): Promise<Done> {
  const environments = await environmentsOf(parts, change)
  const but: string[] = []
  for (const { id } of environments)
    await possible(but, () =>
      changeEnvironment(parts, id, (s) => quietly(decideIgnored(s, change.hash, why))),
    )
  return { change, before: environments[0], after: environments[0], but }
}

/** What was decided about the change is said once, not for each of its environments. */
function quietly(decision: Decision | undefined): Decision | undefined {
  if (!decision) return undefined
  const quiet = { ...decision }
  delete quiet.event
  return quiet
}

/** All of it goes, whatever it is doing; what has a locked service stays. */
export async function removePreview(parts: Parts, change: ChangeRecord, why: string): Promise<Done> {
  const environments = await environmentsOf(parts, change)
  const but: string[] = []
  for (const { id } of environments) await possible(but, () => dropEnvironment(parts, id, why))
  const [after] = await environmentsOf(parts, change)
  return { change, before: environments[0], after, but }
}

/** What speaks against it is told, and keeps nothing else from being done; what went away meanwhile needs nothing more. */
export async function possible(but: string[], work: () => Promise<unknown>): Promise<void> {
  try {
    await work()
  } catch (error) {
    if (!(error instanceof QaackError) || !['conflict', 'not_found'].includes(error.code)) throw error
    if (error.code === 'conflict') but.push(error.message)
  }
}
