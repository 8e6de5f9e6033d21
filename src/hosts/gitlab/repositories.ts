import type { GitlabConfig } from '../../config/config.ts'
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

/** The projects that a token was given; with `groups`, full paths in lower case, only those somewhere below these. */
export async function listRepositories(
  asker: Asker,
  { url: instance, groups }: Pick<GitlabConfig, 'url' | 'groups'>,
): Promise<HostRepository[]> {
  const found: HostRepository[] = []
  for await (const one of each(asker, 'projects', query, listedProject)) {
    if (!isBelow(one.path_with_namespace, groups)) continue
    if (one.archived || one.marked_for_deletion_on || one.marked_for_deletion_at) continue
    const repository = hostRepository(one, instance)
    // Rather than to leave it out: what is missing counts as gone.
    if (!repository)
      throw new HostFailure('unavailable', `GitLab gives ${one.path_with_namespace} the page ${one.web_url}`)
    found.push(repository)
  }
  return found
}

function isBelow(path: string, groups: string[]): boolean {
  return groups.length === 0 || groups.some((group) => path.toLowerCase().startsWith(`${group}/`))
}
