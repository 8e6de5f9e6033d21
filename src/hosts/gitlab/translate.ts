import type { HostChange, HostRepository, ToldChange } from '../event.ts'
import { hostKeyOf, instanceOfPage } from './instance.ts'
import type { MergeRequest, MergeRequestEvent, MergeRequestFacts, Project } from './payloads.ts'

/** A project of GitLab's in our words. `instance`: where we reach it, if that is known; else its own page tells. */
export function hostRepository(
  { id, path_with_namespace: path, web_url: page }: Project,
  instance?: string,
): HostRepository | null {
  const own = instanceOfPage(page, path)
  if (own === null) return null
  const key = hostKeyOf(own, id)
  const slash = path.lastIndexOf('/')
  const [owner, name] = [path.slice(0, slash), path.slice(slash + 1)]
  const params = { instanceUrl: instance ?? own, group: owner, project: name, hostKey: key }
  return { key, owner, name, params }
}

/** A merge request in our words; null as long as it offers no commit. GitLab shows accounts that were deleted as ghost. */
export function hostChange(given: MergeRequest): HostChange | null {
  const { sha, labels, author, web_url } = given
  if (!sha) return null
  return {
    ...factsOf(given),
    author: author?.username ?? 'ghost',
    hash: sha,
    labels: labels ?? [],
    url: web_url,
  }
}

/** The same from a webhook, which names the author by number; null as the author where nobody of that number is named. */
export function toldChange(given: MergeRequestEvent): ToldChange | null {
  const { object_attributes: told, labels } = given
  if (!told.last_commit) return null
  return {
    ...factsOf(told),
    author: authorOf(given),
    hash: told.last_commit.id,
    labels: (labels ?? told.labels ?? []).map(({ title }) => title),
    url: told.url,
  }
}

function factsOf(facts: MergeRequestFacts) {
  return {
    name: facts.iid,
    title: facts.title,
    source: facts.source_branch,
    target: facts.target_branch,
    fork: facts.source_project_id !== facts.target_project_id,
    draft: facts.draft ?? facts.work_in_progress ?? false,
    state: states[facts.state],
    updatedAt: facts.updated_at,
  }
}

/** Locked: it is being merged right now, which may still fail. */
const states = { opened: 'open', locked: 'open', closed: 'closed', merged: 'merged' } as const

function authorOf({ user, assignees, reviewers, object_attributes: told }: MergeRequestEvent): string | null {
  const named = [user, ...(assignees ?? []), ...(reviewers ?? [])]
  const author = named.find(({ id }) => id !== null && id !== undefined && id === told.author_id)
  // Older ones give people no numbers; who opens it is its author, though.
  const opener = !user.id && told.action === 'open' ? user.username : null
  return author?.username ?? opener
}
