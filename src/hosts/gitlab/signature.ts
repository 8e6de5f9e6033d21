import { createHmac } from 'node:crypto'
import { isSame } from './secrets.ts'

/** What newer versions of GitLab send, the headers of Standard Webhooks. */
export interface Signed {
  id: string
  /** Seconds since 1970. */
  timestamp: string
  /** One or several, with spaces between them. */
  signature: string
}

/** Milliseconds that a call may have been on its way; after that somebody may be repeating it. */
const tolerance = 5 * 60_000

/** Bytes of a key; GitLab makes 32. */
const leastBytes = 8

/** Whether a secret that we know made one of the signatures, a short time ago. `now` in ms since 1970. */
export function isSigned(
  { id, timestamp, signature }: Signed,
  body: Buffer,
  secret: string,
  now: number,
): boolean {
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(now - Number(timestamp) * 1000) > tolerance) return false
  const key = keyOf(secret)
  // Anybody could sign with half a secret that somebody copied.
  if (key.length < leastBytes) return false
  const hmac = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body)
  const expected = hmac.digest('base64')
  return signature
    .split(' ')
    .some((one) => one.startsWith('v1,') && isSame(one.slice('v1,'.length), expected))
}

/** GitLab shows it as `whsec_` and base64. */
function keyOf(secret: string): Buffer {
  const prefix = 'whsec_'
  return secret.startsWith(prefix) ? Buffer.from(secret.slice(prefix.length), 'base64') : Buffer.from(secret)
}
