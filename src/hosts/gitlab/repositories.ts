import { HostFailure } from '../failure.ts'
import type { HostRepository } from '../event.ts'
import { each, type Asker } from './ask.ts'
import { listedProject } from './payloads.ts'
import { hostRepository } from './translate.ts'

/** Where we are Maintainer at least: webhooks take that. By number, so that no page begins anew with what comes meanwhile. */
const query = {
  membership: true,
  min_access_level: 40,
  archived: false,
  order_by: 'id',
  sort: 'asc',
  pagination: 'keyset',
}

/** All projects that a token was given. */
export async function listRepositories(asker: Asker, instance: string): Promise<HostRepository[]> {
  const found: HostRepository[] = []
  for await (const one of each(asker, 'projects', query, listedProject)) {
    if (one.archived || one.marked_for_deletion_on || one.marked_for_deletion_at) continue
    const repository = hostRepository(one, instance)
    // Rather than to leave it out: what is missing counts as gone.
    if (!repository)
      throw new HostFailure('unavailable', `GitLab gives ${one.path_with_namespace} the page ${one.web_url}`)
    found.push(repository)
  }
  return found
}
