import type { Clock } from '../../clock.ts'
import type { Logger } from '../../logger.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'
import { HostFailure } from '../failure.ts'
import { ask, type RepositoryAsker } from './ask.ts'
import { tokenClient, type GithubClient } from './client.ts'
import type { GithubConnection } from './connection.ts'
import type { Me } from './me.ts'
import { account } from './payloads.ts'
import { isAt, serverAt, type GithubServer } from './server.ts'

export interface AccessParts {
  connection: () => GithubConnection | null
  /** Resolves when it is known whether there is a connection: before that nobody is told that there is none. */
  opened?: () => Promise<void>
  /** Where new repositories are while there is no connection. */
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
  const { clock } = parts
  const withTokens = rememberClients(parts)

  async function find({
    name,
    params,
  }: RepositoryRecord): Promise<{ asker: RepositoryAsker; known: boolean }> {
    const { origin, owner = '', repo = '', installation, token } = params
    const app = installation === undefined ? null : await appAt(parts, origin)
    if (app && installation !== undefined) {
      const client = await app.client(installation)
      const me = () => Promise.resolve(whoIs(app))
      return { asker: { client, clock, owner, repo, me }, known: true }
    }
    // To a stranger what is private is not there, and what is not there has ended.
    if (installation !== undefined && token === undefined) throw noApp(name)
    const { client, me } = await withTokens(serverAt(origin), token)
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

/** The app that we are at the server of an address, once it is known whether we are one; else null. */
export async function appAt(
  { connection, opened }: Pick<AccessParts, 'connection' | 'opened'>,
  origin: string,
): Promise<GithubConnection | null> {
  await opened?.()
  const app = connection()
  return app && isAt(app.server, origin) ? app : null
}

/** As of ChangeHost. */
export async function unusedToken(
  { name, params }: RepositoryRecord,
  parts: Pick<AccessParts, 'connection' | 'opened'>,
): Promise<string | null> {
  const app = params.installation === undefined ? null : await appAt(parts, params.origin)
  if (!app) return null
  const which = app.app.name === '' ? 'of this server' : app.app.name
  return (
    `${name} is read as the GitHub App ${which}, so a token of its own would not be used; ` +
    'change at GitHub what the app may do, or where it is installed, or disconnect the app first'
  )
}

export function noApp(name: string): HostFailure {
  return new HostFailure(
    'refused',
    `${name} is read as a GitHub App, and this server is none there now; connect the app again, or set APP_ID and PRIVATE_KEY`,
  )
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
function rememberClients(parts: Pick<AccessParts, 'clock' | 'logger'>) {
  const known = new Map<string, Promise<TokenClient>>()
  return (server: GithubServer, token: string | undefined): Promise<TokenClient> => {
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
