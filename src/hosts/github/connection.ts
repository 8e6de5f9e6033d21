import type { IncomingMessage, ServerResponse } from 'node:http'
import type { ApplicationFunction, Probot } from 'probot'
import type { Clock } from '../../clock.ts'
import type { GithubConfig } from '../../config/config.ts'
import { isPrivateKey } from '../../config/private-key.ts'
import { QaackError } from '../../errors.ts'
import type { Logger } from '../../logger.ts'
import { isHostFailure } from '../failure.ts'
import { ask } from './ask.ts'
import { clientClass, type GithubClient } from './client.ts'
import { octokitLog } from './log.ts'
import { appAnswer, tokenAnswer } from './payloads.ts'
import { toHostFailure } from './refusal.ts'
import { githubServer, type GithubServer } from './server.ts'
import { rememberTokens } from './tokens.ts'

/** Where GitHub calls us. */
export const webhookPath = '/api/github/webhooks'

/** The GitHub App that we are. */
export interface GithubConnection {
  readonly server: GithubServer
  /** `slug` and `name` are empty, `url` is that of GitHub, until GitHub has answered once. */
  readonly app: GithubAppFacts
  /** As the app, or as one of its installations. HostFailure if GitHub does not answer. */
  client(installation?: number): Promise<GithubClient>
  /** For git, good for ten minutes at least; user name `x-access-token`. HostFailure. */
  token(installation: number): Promise<string>
  /** Probot's: the app function's handlers, then its own, which checks the signature and calls what listens to events. */
  middleware(request: IncomingMessage, response: ServerResponse): Promise<void>
}

export interface GithubAppFacts {
  id: number
  slug: string
  name: string
  /** Its page. */
  url: string
  owner: string | null
}

export interface ConnectionParts {
  logger: Logger
  clock: Clock
  /** The app function: what is done with deliveries. */
  app: ApplicationFunction
}

/**
 * Becomes the app. QaackError `invalid_config` if GitHub does not accept it; if GitHub cannot be asked now it is believed, and
 * asked when it is first needed.
 */
export async function connectGithub(config: GithubConfig, parts: ConnectionParts): Promise<GithubConnection> {
  const { clock, logger } = parts
  const server = githubServer(config)
  const probot = await startProbot(config, server, parts)
  const asApp = { client: await probot.auth(), clock }
  const app = readApp(config.appId, server, () => ask(asApp, 'GET /app', {}, appAnswer))
  await app.ready().catch((error: unknown) => {
    if (isHostFailure(error, 'refused', 'gone')) throw refusedApp(config, error)
    logger.warn({ err: error }, 'GitHub cannot be asked about the app now; it will be when it is needed')
  })
  const token = rememberTokens(async (installation) => {
    const route = 'POST /app/installations/{installation_id}/access_tokens'
    return ask(asApp, route, { installation_id: installation }, tokenAnswer)
  }, clock)
  const clients = new Map<number, GithubClient>()
  const { createNodeMiddleware } = await import('probot')
  const handle = await createNodeMiddleware(parts.app, { probot, webhooksPath: webhookPath })
  return {
    server,
    get app() {
      return app.facts()
    },
    async client(installation) {
      await app.ready()
      if (installation === undefined) return asApp.client
      const known = clients.get(installation) ?? (await authenticate(probot, installation, clock))
      clients.set(installation, known)
      return known
    },
    token,
    async middleware(request, response) {
      if ((await handle(request, response)) === false && !response.headersSent) response.writeHead(404).end()
    },
  }
}

async function startProbot(
  config: GithubConfig,
  server: GithubServer,
  { clock, logger }: ConnectionParts,
): Promise<Probot> {
  // Probot would take a secret that everybody knows.
  if (config.webhookSecret === '')
    throw new QaackError('invalid_config', 'WEBHOOK_SECRET is empty; set the one of the app')
  const privateKey = config.privateKey.replaceAll('\\n', '\n')
  checkKey(privateKey)
  const { Probot } = await import('probot')
  const probot = new Probot({
    appId: config.appId,
    privateKey,
    secret: config.webhookSecret,
    webhookPath,
    baseUrl: server.api,
    log: octokitLog(logger),
    Octokit: await clientClass({ server, clock, logger }),
  })
  await probot.ready()
  return probot
}

function checkKey(privateKey: string): void {
  if (isPrivateKey(privateKey)) return
  throw new QaackError(
    'invalid_config',
    'PRIVATE_KEY is not a private key in PEM form; give the whole file that GitHub made for the app, or its path in PRIVATE_KEY_PATH',
  )
}

function refusedApp(config: GithubConfig, cause: Error): QaackError {
  return new QaackError(
    'invalid_config',
    `GitHub does not know app ${config.appId} by this key; check APP_ID, PRIVATE_KEY and GHE_HOST (${cause.message})`,
    { cause },
  )
}

/** What GitHub says about the app, read once. */
function readApp(id: number, server: GithubServer, read: () => Promise<GithubAppFacts>) {
  let known: GithubAppFacts | undefined
  let reading: Promise<void> | undefined
  return {
    facts: () => known ?? { id, slug: '', name: '', url: server.web, owner: null },
    ready(): Promise<void> {
      if (known) return Promise.resolve()
      reading ??= read()
        .then((facts) => void (known = facts))
        .finally(() => (reading = undefined))
      return reading
    },
  }
}

async function authenticate(probot: Probot, installation: number, clock: Clock): Promise<GithubClient> {
  try {
    return await probot.auth(installation)
  } catch (error) {
    throw toHostFailure(error, clock.now())
  }
}
