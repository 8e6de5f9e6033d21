import { QaackError } from '../errors.ts'

/** A full commit hash, SHA-1 or SHA-256; anything else never gets to git's command line. */
export function mustBeHash(text: string): string {
  if (/^([0-9a-f]{40}|[0-9a-f]{64})$/.test(text)) return text
  throw new QaackError('invalid', `"${text.slice(0, 80)}" is not a commit hash; give all 40 (or 64) digits`)
}
