import type { HostChange } from '../event.ts'
import { isHostFailure } from '../failure.ts'
import { ask, each, type ProjectAsker } from './ask.ts'
import { mergeRequest } from './payloads.ts'
import { hostChange } from './translate.ts'

/** In the order in which they were made, so that no page begins anew with what comes meanwhile. */
const query = { state: 'opened', scope: 'all', order_by: 'created_at', sort: 'asc' }

/** All open changes; with a name that one, or none. */
export async function listChanges(at: ProjectAsker, name?: string): Promise<HostChange[]> {
  const path = `projects/${at.project}/merge_requests`
  if (name !== undefined) return readChange(at, `${path}/${encodeURIComponent(name)}`)
  const changes: HostChange[] = []
  for await (const one of each(at, path, query, mergeRequest)) {
    const change = hostChange(one)
    if (change) changes.push(change)
  }
  return changes
}

async function readChange(at: ProjectAsker, path: string): Promise<HostChange[]> {
  try {
    const change = hostChange(await ask(at, 'GET', path, {}, mergeRequest))
    return change ? [change] : []
  } catch (error) {
    if (isHostFailure(error, 'gone')) return []
    throw error
  }
}
