import { hasLockedService } from '../environments/expiry.ts'
import { dropEnvironment } from '../environments/lifecycle.ts'
import { inRepository } from '../environments/turns.ts'
import { messageOf } from '../errors.ts'
import type { HostChange } from '../hosts/event.ts'
import type { ChangeHost } from '../hosts/host.ts'
import type { Parts } from '../parts.ts'
import { inClear } from '../repositories/params-secrets.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import type { ChangeRecord } from './change.ts'
import { followChange } from './follow.ts'
import { takeChange } from './take.ts'
import { isSettled } from './verdict.ts'

/**
 * Compares the open changes of a repository with what is kept of them, and does what was missed; previews of changes that are
 * not open go. Each by itself: the failures of some come as sentences, that of the list itself is thrown.
 */
export async function catchUpRepository(
  parts: Parts,
  repository: RepositoryRecord,
  host: ChangeHost,
): Promise<string[]> {
  // What becomes known while the host is asked is newer than its answer.
  const held = await parts.store.list('change', { repositoryId: repository.id, state: 'open' })
  const open = await host.list(inClear(parts.secretKey, repository))
  const failures: string[] = []
  for (const change of open)
    await trying(parts, failures, `change ${change.name}`, () => catchUpChange(parts, repository, change))
  const names = new Set(open.map(({ name }) => name))
  for (const change of held.filter(({ name }) => !names.has(name)))
    await trying(parts, failures, `change ${change.name}`, () =>
      catchUpEnded(parts, repository, host, change),
    )
  failures.push(...(await dropForlorn(parts, repository)))
  return failures
}

async function catchUpChange(parts: Parts, repository: RepositoryRecord, said: HostChange): Promise<void> {
  const record = await takeChange(parts, repository, said)
  if (!isSettled(record)) await followChange(parts, record.id)
}

/** Not listed as open any more. One that the host knows nothing of has ended with whatever took it away. */
async function catchUpEnded(
  parts: Parts,
  repository: RepositoryRecord,
  host: ChangeHost,
  held: ChangeRecord,
): Promise<void> {
  const [said] = await host.list(inClear(parts.secretKey, repository), held.name)
  const updatedAt = Math.max(held.updatedAt, parts.clock.now())
  await catchUpChange(parts, repository, said ?? { ...held, state: 'closed', updatedAt })
}

/** Previews of changes that are closed or not known at all; one with a locked service stays. */
async function dropForlorn(parts: Parts, repository: RepositoryRecord): Promise<string[]> {
  const repositoryId = repository.id
  const failures: string[] = []
  await inRepository(parts, repositoryId, async () => {
    const open = await parts.store.list('change', { repositoryId, state: 'open' })
    const names = new Set(open.map(({ name }) => name))
    const previews = await parts.store.list('environment', { repositoryId, refType: 'change' })
    const forlorn = previews.filter((one) => !names.has(one.ref.name) && !hasLockedService(one))
    for (const { id, ref } of forlorn)
      await trying(parts, failures, `preview of change ${ref.name}`, () =>
        dropEnvironment(parts, id, `change ${ref.name} is not open`),
      )
  })
  return failures
}

async function trying(
  parts: Parts,
  failures: string[],
  what: string,
  work: () => Promise<unknown>,
): Promise<void> {
  if (parts.ending.aborted) return
  try {
    await work()
  } catch (error) {
    failures.push(`${what}: ${messageOf(error)}`)
  }
}
