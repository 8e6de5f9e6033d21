import type { IncomingHttpHeaders } from 'node:http'

export const notConnected =
  'no GitHub App is connected to this server; open the start page of this server to connect one, or set APP_ID, PRIVATE_KEY and WEBHOOK_SECRET'

export const notAnObject = 'the payload of a delivery is a JSON object; this is something else'

/** Headers without which a call is no delivery. */
const needed = ['x-github-event', 'x-github-delivery', 'x-hub-signature-256']

/** Why a call with these headers is no delivery; undefined if it may be one. */
export function headersMissing(headers: IncomingHttpHeaders): string | undefined {
  const missing = needed.filter((name) => !headers[name])
  if (missing.length === 0) return undefined
  const signature = missing.includes('x-hub-signature-256')
    ? '; give the webhook of the app a secret, and this server the same'
    : ''
  return `this is no delivery of GitHub: it lacks ${missing.join(', ')}${signature}`
}

export type DoorAnswer =
  { status: 202; body: { id: string } } | { status: 400 | 503 | 507; body: { error: string } }

/** Our answer for that of the app; undefined where it says no more than that something failed. */
export function answerOf(status: number, text: string, id: string): DoorAnswer | undefined {
  if (status === 200) return { status: 202, body: { id } }
  if (status === 400) return { status, body: { error: notOurs } }
  if (status !== 503 && status !== 507) return undefined
  return { status, body: JSON.parse(text) as { error: string } }
}

const notOurs =
  'the signature does not match the payload: the webhook secret of the app at GitHub must be the one that this server has (WEBHOOK_SECRET)'
