import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** The project that the calls of a webhook are about. */
export interface Subject {
  hostKey: string
  /** Its path, of a project that is known by its address only; null for one that is known by its key. */
  path: string | null
}

/**
 * What GitLab is told to send in `X-Gitlab-Token` with the calls of one project; another one for each. It names the project,
 * so that nothing of a call has to be read before it is believed.
 */
export function hookToken(secretKey: string, { hostKey, path }: Subject): string {
  return tokenOf(secretKey, path === null ? hostKey : `${hostKey} ${path}`)
}

/** The project whose webhook a token was made for; null if it was not made here. */
export function subjectOf(secretKey: string, token: string): Subject | null {
  const [named = ''] = token.split('.', 1)
  const subject = Buffer.from(named, 'base64url').toString()
  if (!isSame(token, tokenOf(secretKey, subject))) return null
  const [hostKey = '', path = null] = subject.split(' ')
  return { hostKey, path }
}

/** Takes the same time for any text. */
export function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}

function tokenOf(secretKey: string, subject: string): string {
  const proof = createHmac('sha256', secretKey).update(`gitlab hook ${subject}`).digest('base64url')
  return `${Buffer.from(subject).toString('base64url')}.${proof}`
}
