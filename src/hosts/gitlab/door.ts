import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { GitlabConfig } from '../../config/config.ts'
import type { Heard, HostDoor, Knock } from '../host.ts'
import { hostKeyOf, instanceOfPage } from './instance.ts'
import { project } from './payloads.ts'
import { hookToken, isSame } from './secrets.ts'
import { isSigned, type Signed } from './signature.ts'

export interface DoorParts {
  config: GitlabConfig | null
  secretKey: string
  clock: Clock
}

type Headers = Knock['headers']

/** What a call shows as a proof of where it comes from. */
interface Proof {
  token: string | undefined
  signed: Signed | undefined
}

const about = z.object({ project })

/**
 * Where GitLab calls us. A call is believed with the secret of the webhook that we made for the project which it is about, or
 * with the one of the settings, which people give to webhooks that they make by hand.
 */
export function createDoor(parts: DoorParts): HostDoor {
  return {
    path: '/api/gitlab/webhooks',
    // As much as GitLab sends.
    limit: 25 * 1024 * 1024,
    hear: (knock) => hear(parts, knock),
  }
}

function hear(parts: DoorParts, { headers, body }: Knock): Heard {
  const event = header(headers, 'x-gitlab-event')
  if (event === undefined) return { refused: 400, why: 'this is no call of GitLab: it has no X-Gitlab-Event' }
  const proof = proofOf(headers)
  if (proof.token === undefined && !proof.signed) {
    return {
      refused: 401,
      why: 'nothing proves where this comes from: the webhook has to have a secret token',
    }
  }
  const payload = body.toString()
  const read = parsed(payload)
  if (read === undefined) return { refused: 400, why: 'the body is not JSON' }
  const why = doubt(parts, proof, read, body)
  if (why !== null) return { refused: 401, why }
  return { delivery: { event, payload }, deliveryId: deliveryIdOf(headers, body) }
}

/** Why a call is not believed; null if it is. */
function doubt(
  { config, secretKey, clock }: DoorParts,
  proof: Proof,
  payload: unknown,
  body: Buffer,
): string | null {
  const proves = (secret: string) =>
    (proof.token !== undefined && isSame(proof.token, secret)) ||
    (proof.signed !== undefined && isSigned(proof.signed, body, secret, clock.now()))
  const { project: told } = about.safeParse(payload).data ?? {}
  const instance = told ? instanceOfPage(told.web_url, told.path_with_namespace) : null
  if (told && instance !== null && proves(hookToken(secretKey, hostKeyOf(instance, told.id)))) return null
  const wrong = 'X-Gitlab-Token or webhook-signature is not that of the webhook that this server made'
  if (!config || config.webhookSecret === null || !proves(config.webhookSecret)) return wrong
  // Who knows the secret of one GitLab has nothing to say about the projects of another.
  if (told && instance !== config.url)
    return `gitlab.webhook_secret is for calls about projects at ${config.url}, as gitlab.url says; this one is about ${told.web_url}`
  return null
}

function proofOf(headers: Headers): Proof {
  const [id, timestamp, signature] = ['id', 'timestamp', 'signature'].map((name) =>
    header(headers, `webhook-${name}`),
  )
  const signed =
    id !== undefined && timestamp !== undefined && signature !== undefined
      ? { id, timestamp, signature }
      : undefined
  return { token: header(headers, 'x-gitlab-token'), signed }
}

/**
 * Newer versions give each call a key that it keeps when it is sent again. Older ones name the request behind it, which
 * several different calls of one webhook may share, and the same call of several.
 */
function deliveryIdOf(headers: Headers, body: Buffer): string | null {
  const key = header(headers, 'idempotency-key') ?? header(headers, 'webhook-id')
  if (key !== undefined) return key
  const request = header(headers, 'x-gitlab-event-uuid')
  if (request === undefined) return null
  return `${request}-${createHash('sha256').update(body).digest('hex').slice(0, 16)}`
}

/** undefined if it is missing, there twice, or no name of anything. */
function header(headers: Headers, name: string): string | undefined {
  const value = headers[name]
  return typeof value === 'string' && value !== '' && value.length <= 1000 ? value : undefined
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
