import { createHash, createHmac, timingSafeEqual } from 'node:crypto'

/** What GitLab is told to send in `X-Gitlab-Token` with the calls of one project; another one for each. */
export function hookToken(secretKey: string, hostKey: string): string {
  return createHmac('sha256', secretKey).update(`gitlab hook ${hostKey}`).digest('base64url')
}

/** Takes the same time for any text. */
export function isSame(one: string, other: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(one), digest(other))
}
