import { systemClock, type Clock } from '../../../../src/clock.ts'
import type { GithubConfig } from '../../../../src/config/config.ts'
import type { FaultKind } from '../../../../src/demo/github/faults.ts'
import { startGithub, type LocalGithub, type LocalUser } from '../../../../src/demo/github/start.ts'
import { connectGithub, type GithubConnection } from '../../../../src/hosts/github/connection.ts'
import { createGithubHost } from '../../../../src/hosts/github/github-host.ts'
import { githubServer } from '../../../../src/hosts/github/server.ts'
import type { ChangeHost, GitHost } from '../../../../src/hosts/host.ts'
import { silentLogger } from '../../../../src/logger.ts'
import type { RepositoryParams, RepositoryRecord } from '../../../../src/repositories/repository.ts'
import { shop } from '../../../unit/hosts/github/record.ts'

/** A local GitHub with a change in acme/shop, and ourselves as the app that is installed there. */
export interface Desk {
  github: LocalGithub
  connection: GithubConnection
  host: GitHost
  changes: ChangeHost
  /** acme/shop as the app knows it. */
  repository: RepositoryRecord
  ada: LocalUser
  /** Number of the change, and its commit. */
  change: string
  hash: string
}

export async function openDesk(): Promise<Desk> {
  const github = await startGithub()
  const { connection, host } = await connect(github)
  const ada = github.user('ada')
  await ada.push('main', 'first', { 'index.html': 'one' })
  const hash = await ada.push('topic', 'second', { 'index.html': 'two' })
  const change = String(await ada.openChange({ title: 'Bigger letters', head: 'topic' }))
  const repository = record(host, { installation: github.app.installationId, hostKey: '1' })
  return { github, connection, host, changes: changesOf(host), repository, ada, change, hash }
}

export function configOf({ app, host }: LocalGithub): GithubConfig {
  const { appId, privateKey, webhookSecret } = app
  return { appId, privateKey, webhookSecret, gheHost: host, gheProtocol: 'http' }
}

export async function connect(
  github: LocalGithub,
  given: { clock?: Clock; config?: Partial<GithubConfig> } = {},
): Promise<{ connection: GithubConnection; host: GitHost }> {
  const { clock = systemClock, config = {} } = given
  const all = { ...configOf(github), ...config }
  const connection = await connectGithub(all, { logger: silentLogger, clock, app: () => undefined })
  const parts = { connection: () => connection, server: githubServer(all), clock, logger: silentLogger }
  return { connection, host: createGithubHost(parts) }
}

/** Without the app. */
export function strangersHost(github: LocalGithub): GitHost {
  const server = githubServer(configOf(github))
  return createGithubHost({ connection: () => null, server, clock: systemClock, logger: silentLogger })
}

export function changesOf({ changes }: GitHost): ChangeHost {
  if (!changes) throw new Error('GitHub has changes')
  return changes
}

export function record(host: GitHost, params: Partial<RepositoryParams>): RepositoryRecord {
  return shop(host.check({ owner: 'acme', repo: 'shop', ...params }))
}

/** The next request that fits goes wrong, and no other. */
export function disturbOnce(
  github: LocalGithub,
  kind: FaultKind,
  fits: (request: { method: string; path: string }) => boolean = () => true,
): void {
  let done = false
  const only = (request: { method: string; path: string }) => {
    if (done || !fits(request)) return false
    done = true
    return true
  }
  github.faults = { seed: 1, share: 1, kinds: [kind], only }
}
