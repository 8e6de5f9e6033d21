import { createHmac, randomBytes } from 'node:crypto'
import { z } from 'zod'
import type { Clock } from '../clock.ts'
import { QaackError } from '../errors.ts'
import { sameHash } from './caller.ts'
import type { GithubPlace } from './github-manifest.ts'

/** GitHub's own limit: an app must be fetched within an hour of the press of the button. */
const lifetime = 60 * 60_000

const signed = z.object({
  nonce: z.string(),
  endsAt: z.number(),
  gheHost: z.string().nullable(),
  gheProtocol: z.enum(['http', 'https']),
})

/**
 * What goes to GitHub with a wish for an app and comes back with the answer, so that nobody else can slip an app of theirs
 * in: signed, for one session, for an hour, good once. A session is named by a text that only it can know.
 */
export interface States {
  issue(session: string, place: GithubPlace): string
  /** Whose answer it is. QaackError `invalid` if it is not what was issued to this session, or not any more. */
  take(state: string, session: string): Taken
}

export interface Taken {
  place: GithubPlace
  /** Makes it good once more, where GitHub did not answer and may be asked again. */
  giveBack(): void
}

/** `secretKey` signs; what was signed before a restart holds after it. */
export function createStates(secretKey: string, clock: Clock): States {
  const key = createHmac('sha256', secretKey).update('qaack github state v1').digest()
  /** Nonces, with the time until which they have to be remembered. */
  const taken = new Map<string, number>()

  const mac = (text: string, session: string) =>
    createHmac('sha256', key).update(`${text}.${session}`).digest('base64url')

  return {
    issue(session, { gheHost, gheProtocol }) {
      const nonce = randomBytes(16).toString('base64url')
      const facts = { nonce, endsAt: clock.now() + lifetime, gheHost, gheProtocol }
      const text = Buffer.from(JSON.stringify(facts)).toString('base64url')
      return `${text}.${mac(text, session)}`
    },
    take(state, session) {
      const [text = '', given = '', ...more] = state.split('.')
      if (more.length > 0 || !sameHash(mac(text, session), given))
        throw startAgain('This answer of GitHub is not to a question of yours')
      const { nonce, endsAt, ...place } = signed.parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
      const now = clock.now()
      if (endsAt <= now) throw startAgain('More than an hour has passed since the first step')
      for (const [one, until] of taken) if (until <= now) taken.delete(one)
      if (taken.has(nonce)) throw startAgain('This answer of GitHub was used already')
      taken.set(nonce, endsAt)
      return { place, giveBack: () => void taken.delete(nonce) }
    },
  }
}

function startAgain(what: string): QaackError {
  return new QaackError('invalid', `${what}; start again from the page /github of this server.`, {
    path: 'state',
  })
}
