/**
 * A git host did not do what we asked it. `unavailable`: it did not answer, or not sensibly; ask again later. `limited`: it
 * wants us to wait until `retryAt`. `refused`: asking again is useless until somebody changes something there, as the
 * message says. `gone`: what was asked about is not there (any more).
 */
export class HostFailure extends Error {
  readonly kind: 'unavailable' | 'limited' | 'refused' | 'gone'
  /** Milliseconds since 1970; null where the host did not say. */
  readonly retryAt: number | null

  constructor(
    kind: HostFailure['kind'],
    message: string,
    facts: { retryAt?: number | null; cause?: unknown } = {},
  ) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause })
    this.name = 'HostFailure'
    this.kind = kind
    this.retryAt = facts.retryAt ?? null
  }
}

export function isHostFailure(error: unknown, ...kinds: HostFailure['kind'][]): error is HostFailure {
  return error instanceof HostFailure && (kinds.length === 0 || kinds.includes(error.kind))
}

/** False if what was asked about is not there (any more). */
export async function unlessGone(asking: Promise<unknown>): Promise<boolean> {
  try {
    await asking
    return true
  } catch (error) {
    if (isHostFailure(error, 'gone')) return false
    throw error
  }
}
