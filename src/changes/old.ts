import { inRepository } from '../environments/turns.ts'
import type { Parts } from '../parts.ts'
import { Conflict, type Change } from '../stores/store.ts'
import { isForgettable, type ChangeRecord } from './change.ts'

/** Changes that are removed in one write. */
const batch = 100

/** Removes what is kept of changes that ended long ago, with what was said of them, where nothing of them is left. */
export async function forgetOldChanges(parts: Parts): Promise<void> {
  for (const repositoryId of await parts.store.ids('repository'))
    await inRepository(parts, repositoryId, () => forgetIn(parts, repositoryId))
}

async function forgetIn(parts: Parts, repositoryId: string): Promise<void> {
  const old: ChangeRecord[] = []
  for (const state of ['closed', 'merged'] as const)
    for (const change of await parts.store.list('change', { repositoryId, state }))
      if (isForgettable(change, parts.clock.now()) && !(await isNeeded(parts, change))) old.push(change)
  for (let at = 0; at < old.length; at += batch)
    if (!(await removed(parts, old.slice(at, at + batch)))) return
}

/** A locked service keeps the preview of a change that has ended, and that needs to know whose it is. */
async function isNeeded({ store }: Parts, { repositoryId, name }: ChangeRecord): Promise<boolean> {
  return (await store.ids('environment', { repositoryId, refType: 'change', refName: name }, 1)).length > 0
}

/** False if something of it changed meanwhile, or another server is at the same work: what is left is found the next time. */
async function removed({ store }: Parts, changes: ChangeRecord[]): Promise<boolean> {
  const writes: Change[] = []
  for (const { id, version } of changes) {
    const report = await store.get('report', id)
    if (report) writes.push({ remove: 'report', id, version: report.version })
    writes.push({ remove: 'change', id, version })
  }
  try {
    await store.commit(writes)
    return true
  } catch (error) {
    if (error instanceof Conflict) return false
    throw error
  }
}
