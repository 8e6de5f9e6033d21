import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'
import { HostFailure } from '../failure.ts'
import { ask, type RepositoryAsker } from './ask.ts'
import { tokenClient, type GithubClient } from './client.ts'
import type { GithubConnection } from './connection.ts'
import type { Me } from './me.ts'
import { account } from './payloads.ts'
import type { GithubServer } from './server.ts'

export interface AccessParts {
  connection: () => GithubConnection | null
  /** Used while there is no connection. */
  server: GithubServer
  clock: Clock
  logger: Logger
}

/** Who we are for a repository. */
export interface Access {
  /** Also as a stranger, to whom GitHub shows what is public. */
  toRead(repository: RepositoryRecord): Promise<RepositoryAsker>
  /** HostFailure `refused` if neither app nor token gives us a name there. */
  toWrite(repository: RepositoryRecord): Promise<RepositoryAsker>
}

/** Speaks as the app where it is installed, else with the repository's own token. */
export function createAccess(parts: AccessParts): Access {
  const { connection, clock } = parts
  const withTokens = rememberClients(parts)

  async function find({
    name,
    params,
  }: RepositoryRecord): Promise<{ asker: RepositoryAsker; known: boolean }> {
    const { owner = '', repo = '', installation, token } = params
    const app = connection()
    if (app && installation !== undefined) {
      const client = await app.client(installation)
      const me = () => Promise.resolve(whoIs(app))
      return { asker: { client, clock, owner, repo, me }, known: true }
    }
    const { client, me } = await withTokens(token)
    const nobody = () =>
      Promise.reject(
        new HostFailure(
          'refused',
          `nothing can be written to ${name} at GitHub: no GitHub App is installed there that this server is, and the repository has no token`,
        ),
      )
    return {
      asker: { client, clock, owner, repo, me: token === undefined ? nobody : me },
      known: token !== undefined,
    }
  }

  return {
    async toRead(repository) {
      return (await find(repository)).asker
    },
    async toWrite(repository) {
      const { asker, known } = await find(repository)
      if (!known) await asker.me()
      return asker
    },
  }
}

/** As what the app writes. */
export function whoIs({ app }: GithubConnection): Me {
  return { appId: app.id, login: app.slug === '' ? '' : `${app.slug}[bot]` }
}

interface TokenClient {
  client: GithubClient
  me: () => Promise<Me>
}

/** One client for each token and server. */
function rememberClients(parts: AccessParts): (token: string | undefined) => Promise<TokenClient> {
  const known = new Map<string, Promise<TokenClient>>()
  return (token) => {
    const server = parts.connection()?.server ?? parts.server
    const key = `${server.api} ${token ?? ''}`
    const found = known.get(key)
    if (found) return found
    const making = makeTokenClient({ ...parts, server }, token)
    known.set(key, making)
    return making
  }
}

async function makeTokenClient(
  parts: { server: GithubServer; clock: Clock; logger: Logger },
  token: string | undefined,
): Promise<TokenClient> {
  const client = await tokenClient(parts, token)
  let me: Me | undefined
  return {
    client,
    async me() {
      me ??= { appId: null, ...(await ask({ client, clock: parts.clock }, 'GET /user', {}, account)) }
      return me
    },
  }
}
