import type { Clock } from '../../clock.ts'

export interface InstallationToken {
  token: string
  /** Milliseconds since 1970. */
  expiresAt: number
}

/** A fetch of a big repository takes a while, and the token must last as long. */
const minutesLeft = 10
/** GitHub gives none for longer; a clock of ours that is behind must not make one seem to. */
const longest = 60 * 60_000

/** Tokens of installations, asked for when one is wanted and the last will not do much longer; one question at a time each. */
export function rememberTokens(
  askFor: (installation: number) => Promise<InstallationToken>,
  clock: Clock,
): (installation: number) => Promise<string> {
  const known = new Map<number, InstallationToken>()
  const asked = new Map<number, Promise<string>>()
  return (installation) => {
    const found = known.get(installation)
    if (found && found.expiresAt - clock.now() > minutesLeft * 60_000) return Promise.resolve(found.token)
    const running = asked.get(installation)
    if (running) return running
    const asking = askFor(installation)
      .then((made) => {
        known.set(installation, { ...made, expiresAt: Math.min(made.expiresAt, clock.now() + longest) })
        return made.token
      })
      .finally(() => asked.delete(installation))
    asked.set(installation, asking)
    return asking
  }
}
