import { systemClock } from '../../../../src/clock.ts'
import { createGitlabHost } from '../../../../src/hosts/gitlab/gitlab-host.ts'
import type { ChangeHost, GitHost, HostHooks } from '../../../../src/hosts/host.ts'
import { silentLogger } from '../../../../src/logger.ts'
import type { RepositoryRecord } from '../../../../src/repositories/repository.ts'
import { faultsOf } from '../../../fakes/gitlab-openapi/check.ts'
import { shop } from '../../../unit/hosts/gitlab/record.ts'
import { startGitlab, type GitlabUser, type LocalGitlab } from '../../../fakes/gitlab/start.ts'

/** A local GitLab with a change in acme/shop, and ourselves as its user qaack-bot. */
export interface Desk {
  gitlab: LocalGitlab
  host: GitHost
  changes: ChangeHost
  hooks: HostHooks
  repository: RepositoryRecord
  ada: GitlabUser
  /** Name of the change, and its commit. */
  change: string
  hash: string
  /** The answer to the next request that fits is lost after all was done, and to no other. */
  loseOnce(method: string, path: RegExp): void
  /** What was wrong with our requests, by the description of the API. */
  faults(): string[]
}

export async function openDesk(): Promise<Desk> {
  const gitlab = await startGitlab()
  let lost: { method: string; path: RegExp } | undefined
  const host = createGitlabHost({
    config: { url: gitlab.url, token: gitlab.token, webhookSecret: null, groups: [] },
    secretKey: 'secret',
    clock: systemClock,
    logger: silentLogger,
    fetch: async (input, init) => {
      const answer = await fetch(input, init)
      const url = typeof input === 'string' ? input : ''
      if (lost?.method !== init?.method || !lost?.path.test(url)) return answer
      lost = undefined
      await answer.body?.cancel()
      throw new TypeError('fetch failed', { cause: new Error('other side closed') })
    },
  })
  const { changes, hooks } = host
  if (!changes || !hooks) throw new Error('GitLab has changes and webhooks')
  const ada = gitlab.user('ada')
  const hash = await ada.push('topic', 'second', { 'index.html': 'two' })
  const change = String(await ada.openChange({ title: 'Bigger letters', from: 'topic' }))
  return {
    ...{ gitlab, host, changes, hooks, ada, hash, change, repository: shopOf(host) },
    loseOnce: (method, path) => (lost = { method, path }),
    faults: () => [...new Set(gitlab.requests.flatMap((request) => faultsOf(request)))],
  }
}

function shopOf(host: GitHost): RepositoryRecord {
  return shop(host.check({ group: 'acme', project: 'shop' }))
}
