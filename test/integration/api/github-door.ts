import { createHmac, generateKeyPairSync } from 'node:crypto'
import { createNodeMiddleware, Probot } from 'probot'
import { createApi, type Api } from '../../../src/api/api.ts'
import { appOf } from '../../../src/app.ts'
import { Inbox, type HandleEvent } from '../../../src/deliveries/inbox.ts'
import type { GithubMiddleware } from '../../../src/api/github-webhooks.ts'
import { octokitLog } from '../../../src/hosts/github/log.ts'
import { createGitHost } from '../../../src/hosts/git/git-host.ts'
import { silentLogger } from '../../../src/logger.ts'
import type { Parts } from '../../../src/parts.ts'
import { FakeEngine } from '../../fakes/engine.ts'
import { makeParts } from '../../fakes/parts.ts'
import { listening } from './listening.ts'
import { adminToken } from './service.ts'

export const path = '/api/github/webhooks'
export const secret = 'the secret of the app'

/** The API with Probot itself before the inbox; no GitHub is asked. */
export interface Door extends AsyncDisposable {
  parts: Parts
  api: Api
  /** Events that were handled. */
  handled: string[]
  /** Posts a body as GitHub would; `headers` change or take away what GitHub sends. */
  deliver(
    body: string | Buffer,
    headers?: Record<string, string | undefined>,
  ): Promise<{ status: number; body: unknown }>
  listen(): Promise<string>
}

export async function openDoor(
  given: {
    connected?: boolean
    /** How often the connection is found before it is gone. */
    stays?: number
    handle?: HandleEvent
  } = {},
): Promise<Door> {
  const parts = await makeParts({ engine: new FakeEngine() })
  const handled: string[] = []
  const handle: HandleEvent = (_parts, _host, { kind }) => {
    handled.push(kind)
    return Promise.resolve('done')
  }
  // Whatever is delivered means the same to this host.
  parts.hosts.github = createGitHost()
  const inbox = new Inbox(parts, given.handle ?? handle)
  const middleware = given.connected === false ? null : await middlewareOf(inbox)
  let left = given.stays ?? Infinity
  const api = await createApi(parts, { adminToken, inbox, github: () => (left-- > 0 ? middleware : null) })
  return {
    ...listening(api, parts),
    parts,
    api,
    handled,
    async deliver(body, headers = {}) {
      const wanted = Object.entries({ ...headersOf(body), ...headers }).filter(
        (entry): entry is [string, string] => entry[1] !== undefined,
      )
      const answer = await api.inject({
        method: 'POST',
        url: path,
        headers: Object.fromEntries(wanted),
        payload: body,
      })
      return { status: answer.statusCode, body: JSON.parse(answer.body) as unknown }
    },
  }
}

export function headersOf(body: string | Buffer, deliveryId = 'one'): Record<string, string> {
  return {
    'content-type': 'application/json',
    'x-github-event': 'pull_request',
    'x-github-delivery': deliveryId,
    'x-hub-signature-256': `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`,
  }
}

async function middlewareOf(inbox: Inbox): Promise<GithubMiddleware> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
  const probot = new Probot({ appId: 1, privateKey: pem, secret, log: octokitLog(silentLogger) })
  const handle = await createNodeMiddleware(appOf(inbox), { probot, webhooksPath: path })
  return { middleware: async (request, response) => void (await handle(request, response)) }
}
