import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../../clock.ts'
import type { GitlabConfig } from '../../config/config.ts'
import type { Heard, HostDoor, Knock } from '../host.ts'
import { hostKeyOf, instanceOfPage } from './instance.ts'
import { project } from './payloads.ts'
import { isSame, subjectOf, type Subject } from './secrets.ts'
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

/** What a proof is good for: calls about one project, or all that the secret of the settings is for. */
type Proven = { subject: Subject } | { instance: string }

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
  // Before the body is read: what a stranger sends could take seconds, and a gigabyte.
  const proven = provenBy(parts, proof, body)
  if (!proven) return { refused: 401, why: wrong }
  const payload = body.toString()
  const read = parsed(payload)
  if (read === undefined) return { refused: 400, why: 'the body is not JSON' }
  const why = doubt(proven, read)
  // The secret is right where only the instance is another.
  if (why !== null) return { refused: why === wrong ? 401 : 400, why }
  return { delivery: { event, payload }, deliveryId: deliveryIdOf(proof, headers, body) }
}

const wrong = 'X-Gitlab-Token or webhook-signature is not that of the webhook that this server made'

/** null if it proves nothing. GitLab signs with a secret only that people gave it for that. */
function provenBy(
  { config, secretKey, clock }: DoorParts,
  { token, signed }: Proof,
  body: Buffer,
): Proven | null {
  const subject = token === undefined ? null : subjectOf(secretKey, token)
  if (subject) return { subject }
  if (!config || config.webhookSecret === null) return null
  const { url: instance, webhookSecret: secret } = config
  if (token !== undefined && isSame(token, secret)) return { instance }
  return signed && isSigned(signed, body, secret, clock.now()) ? { instance } : null
}

/** Why a call is about something else than what it was proven for; null if it is not. */
function doubt(proven: Proven, payload: unknown): string | null {
  const { project: told } = about.safeParse(payload).data ?? {}
  const instance = told ? instanceOfPage(told.web_url, told.path_with_namespace) : null
  if ('subject' in proven) {
    const { hostKey, path } = proven.subject
    if (!told || instance === null || hostKeyOf(instance, told.id) !== hostKey) return wrong
    return path === null || path === told.path_with_namespace ? null : wrong
  }
  // Who knows the secret of one GitLab has nothing to say about the projects of another.
  if (told && instance !== proven.instance)
    return `gitlab.webhook_secret is for calls about projects at ${proven.instance}, as gitlab.url says; this one is about ${told.web_url}`
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
 * Newer versions give each call a key that it keeps when it is sent again; it is part of what they sign. Older ones name the
 * request behind it, which several different calls of one webhook may share, and the same call of several.
 */
function deliveryIdOf({ signed }: Proof, headers: Headers, body: Buffer): string | null {
  const key = signed?.id ?? header(headers, 'idempotency-key')
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
