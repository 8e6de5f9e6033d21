import type { HostChange } from '../event.ts'
import { isHostFailure } from '../failure.ts'
import { ask, each, type RepositoryAsker } from './ask.ts'
import { pull } from './payloads.ts'
import { hostChange } from './translate.ts'

/** All open changes; with a name that one, or none. */
export async function listChanges(at: RepositoryAsker, name?: string): Promise<HostChange[]> {
  if (name !== undefined) return readChange(at, name)
  const changes: HostChange[] = []
  for await (const one of each(at, 'GET /repos/{owner}/{repo}/pulls', { state: 'open' }, pull))
    changes.push(hostChange(one))
  return changes
}

async function readChange(at: RepositoryAsker, name: string): Promise<HostChange[]> {
  try {
    const route = 'GET /repos/{owner}/{repo}/pulls/{pull_number}'
    return [hostChange(await ask(at, route, { pull_number: name }, pull))]
  } catch (error) {
    if (isHostFailure(error, 'gone')) return []
    throw error
  }
}
