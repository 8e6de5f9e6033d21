import type { Clock } from '../../clock.ts'
import type { GitlabConfig } from '../../config/config.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'
import { HostFailure } from '../failure.ts'
import { ask, type Asker, type ProjectAsker } from './ask.ts'
import { createClient, type ClientParts } from './client.ts'
import { instanceOf, projectOf } from './instance.ts'
import { isMine, type IsOurs, type Me } from './me.ts'
import { user } from './payloads.ts'

export interface AccessParts extends ClientParts {
  config: GitlabConfig | null
  clock: Clock
}

/** Who we are for a repository. */
export interface Access {
  /** Its own token, else the one of the settings where it is at their instance. */
  token(repository: RepositoryRecord): string | undefined
  /** Also as a stranger, to whom GitLab shows what is public. */
  toRead(repository: RepositoryRecord): Promise<ProjectAsker>
  /** HostFailure `refused` if no token gives us a name there. */
  toWrite(repository: RepositoryRecord): Promise<ProjectAsker>
  /** With the token of the settings; null without one. */
  asConfigured(): Promise<Asker | null>
  /** Whether a user of an instance is one that we are; only known once GitLab was asked who we are. */
  isOurs: IsOurs
}

export function createAccess(parts: AccessParts): Access {
  const { config, clock } = parts
  const known = rememberClients(parts)

  function tokenOf(repository: RepositoryRecord): string | undefined {
    const own = repository.params.token
    return own ?? (config?.url === instanceOf(repository) ? config.token : undefined)
  }

  async function toRead(repository: RepositoryRecord): Promise<ProjectAsker> {
    const token = tokenOf(repository)
    const instance = instanceOf(repository)
    const client = await known.client(instance, token)
    const me = () => (token === undefined ? nobody(repository.name) : known.me(instance, token))
    return { client, clock, project: projectPath(repository), me }
  }

  return {
    token: tokenOf,
    toRead,
    async toWrite(repository) {
      const asker = await toRead(repository)
      if (tokenOf(repository) === undefined) await asker.me()
      return asker
    },
    async asConfigured() {
      return config ? { client: await known.client(config.url, config.token), clock } : null
    },
    isOurs: (instance, userId) => known.all(instance).some((me) => isMine(me, userId)),
  }
}

/** By its number where it is known, which outlasts a rename. */
function projectPath({ params }: RepositoryRecord): string {
  const { hostKey, owner = '', repo = '' } = params
  return hostKey === undefined ? encodeURIComponent(`${owner}/${repo}`) : projectOf(hostKey)
}

function nobody(name: string): Promise<never> {
  return Promise.reject(
    new HostFailure(
      'refused',
      `nothing can be written to ${name} at GitLab: the repository has no token, and gitlab.token is not set for its instance`,
    ),
  )
}

/** One client, and one name, for each token and instance. */
function rememberClients(parts: AccessParts) {
  const clients = new Map<string, ReturnType<typeof createClient>>()
  const names = new Map<string, { instance: string; me: Me }>()
  const keyOf = (instance: string, token: string | undefined) => `${instance} ${token ?? ''}`

  function client(instance: string, token: string | undefined) {
    const key = keyOf(instance, token)
    const making = clients.get(key) ?? createClient(parts, instance, token)
    clients.set(key, making)
    return making
  }

  return {
    client,
    all: (instance: string) =>
      [...names.values()].flatMap((one) => (one.instance === instance ? one.me : [])),
    async me(instance: string, token: string): Promise<Me> {
      const key = keyOf(instance, token)
      const found = names.get(key)
      if (found) return found.me
      const asker = { client: await client(instance, token), clock: parts.clock }
      const me = await ask(asker, 'GET', 'user', {}, user)
      names.set(key, { instance, me })
      return me
    },
  }
}
