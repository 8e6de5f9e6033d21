import type { IncomingMessage, ServerResponse } from 'node:http'
import type { InjectOptions, LightMyRequestResponse } from 'fastify'
import type { Inbox } from '../deliveries/inbox.ts'
import type { Parts } from '../parts.ts'
import { actionRoutes } from './actions.ts'
import { createApp } from './app.ts'
import { authenticate } from './authenticate.ts'
import { environmentRoutes } from './environments.ts'
import { environmentLogRoutes } from './environment-log.ts'
import { eventRoutes } from './events.ts'
import { frontPageRoutes } from './front-page.ts'
import { createGithubConnect, type GithubDoor } from './github-connect.ts'
import { githubRoutes } from './github.ts'
import { githubSetupRoutes } from './github-setup.ts'
import { githubWebhookRoutes, type GithubMiddleware } from './github-webhooks.ts'
import { groupRoutes } from './groups.ts'
import { healthRoutes } from './health.ts'
import { hostWebhookRoutes } from './host-webhooks.ts'
import { LargeBodies } from './large-bodies.ts'
import { refuseUnknownPaths } from './paths.ts'
import { metricsRoutes } from './metrics.ts'
import { openApiRoutes } from './openapi.ts'
import { repositoryRoutes } from './repositories.ts'
import { repositorySettingsRoutes } from './repository-settings.ts'
import { repositoryTokenRoutes } from './repository-token.ts'
import { serviceRoutes } from './services.ts'
import { tokenRoutes } from './tokens.ts'
import { userRoutes } from './user.ts'
import { variableRoutes } from './variables.ts'
import { webhookRoutes } from './webhooks.ts'

export interface ApiOptions {
  /** The token that may do everything and is not kept in the store. */
  adminToken: string
  inbox: Pick<Inbox, 'receive' | 'counts'>
  /** The GitHub App in force, which takes in what GitHub delivers; null while none is connected. */
  github: () => GithubMiddleware | null
  /** Connects GitHub; without it the pages that lead there are not. */
  githubDoor?: GithubDoor
}

/** The HTTP API. It does not listen: whoever does hands it the requests. */
export interface Api {
  /** Answers a request, and never throws. */
  handle(request: IncomingMessage, response: ServerResponse): void
  /** Answers a request without a socket, for tests and tools. */
  inject(options: InjectOptions): Promise<LightMyRequestResponse>
  /** Ends what is being followed and refuses what comes. Safe twice. */
  close(): Promise<void>
}

/** Resolves when the API is ready to answer. */
export async function createApi(parts: Parts, options: ApiOptions): Promise<Api> {
  const closing = new AbortController()
  const app = await createApp(parts.logger)
  refuseUnknownPaths(app)
  authenticate(app, parts, options.adminToken)
  metricsRoutes(app, parts, options.inbox)
  const github = options.githubDoor ? createGithubConnect(parts, options.githubDoor) : null
  frontPageRoutes(app, parts, github)
  openApiRoutes(app)
  healthRoutes(app, parts)
  userRoutes(app, parts)
  tokenRoutes(app, parts)
  groupRoutes(app, parts)
  repositoryRoutes(app, parts)
  repositorySettingsRoutes(app, parts)
  repositoryTokenRoutes(app, parts)
  variableRoutes(app, parts)
  environmentRoutes(app, parts)
  environmentLogRoutes(app, parts, closing.signal)
  serviceRoutes(app, parts, closing.signal)
  actionRoutes(app, parts, closing.signal)
  eventRoutes(app, parts, closing.signal)
  webhookRoutes(app, parts, options.inbox)
  const bodies = new LargeBodies(parts.clock, parts.ending)
  githubWebhookRoutes(app, options.github, bodies)
  hostWebhookRoutes(app, parts, options.inbox, bodies)
  if (github) {
    githubRoutes(app, parts, github)
    githubSetupRoutes(app, parts, { connect: github, adminToken: options.adminToken })
  }
  await app.ready()
  let closed: Promise<void> | undefined
  return {
    handle: (request, response) => app.routing(request, response),
    inject: (request) => app.inject(request),
    close() {
      closing.abort()
      return (closed ??= app.close())
    },
  }
}
