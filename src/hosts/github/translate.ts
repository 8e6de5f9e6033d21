import type { HostChange, HostRepository } from '../event.ts'
import type { Named, Pull } from './payloads.ts'

/** A repository of GitHub's in our words. Without an installation it is one that was added by hand. */
export function hostRepository(
  repository: { id: string; name: string; owner: { login: string } },
  installation?: number | null,
): HostRepository {
  const { id: key, name } = repository
  const owner = repository.owner.login
  return {
    key,
    owner,
    name,
    params: { owner, repo: name, hostKey: key, ...(installation ? { installation } : {}) },
  }
}

export function namedRepository({ id, full_name }: Named, installation: number): HostRepository {
  const [login = '', name = ''] = full_name.split('/')
  return hostRepository({ id, name, owner: { login } }, installation)
}

/** A pull request in our words. GitHub shows accounts that were deleted as ghost. */
export function hostChange(pull: Pull): HostChange {
  const { head, base } = pull
  return {
    name: String(pull.number),
    title: pull.title,
    author: pull.user?.login ?? 'ghost',
    source: head.ref,
    target: base.ref,
    hash: head.sha,
    // Of a fork that was deleted nothing is known any more but that it was one.
    fork: !head.repo || head.repo.id !== base.repo?.id,
    draft: pull.draft ?? false,
    labels: (pull.labels ?? []).map(({ name }) => name),
    state: pull.state === 'open' ? 'open' : pull.merged_at ? 'merged' : 'closed',
    url: pull.html_url,
    updatedAt: pull.updated_at,
  }
}
