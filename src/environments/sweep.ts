import { messageOf } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { isExpired } from './expiry.ts'
import { deleteEnvironment } from './lifecycle.ts'

/** Milliseconds between two looks at the clock, and between two looks at the store where nothing seems due. */
const tick = 500
const slowLook = 60_000

/** Takes environments away when their time is over, until `signal` fires. Looks at the store only when something may be due. */
export function sweepForever(parts: Parts, signal: AbortSignal): void {
  let due = 0
  const unwatch = parts.store.watch((committed) => {
    if (committed.kind === 'environment') due = 0
  })
  signal.addEventListener('abort', unwatch, { once: true })
  const failed = (error: unknown) =>
    parts.logger.error({ err: error }, 'expired environments could not be swept')
  parts.clock.every(
    tick,
    async () => {
      const now = parts.clock.now()
      if (now < due) return
      due = now + slowLook
      due = Math.min(due, (await sweep(parts)) ?? due)
    },
    signal,
    failed,
  )
}

/** Deletes what is expired now; returns when the next one is due, in ms since 1970. */
export async function sweep(parts: Parts): Promise<number | undefined> {
  const now = parts.clock.now()
  const environments = await parts.store.list('environment', {
    state: ['creating', 'created', 'queued', 'building', 'cancelled', 'failed', 'built', 'softrebuilding'],
  })
  for (const environment of environments.filter((candidate) => isExpired(candidate, now))) {
    await deleteEnvironment(
      parts,
      environment.id,
      `its time to live of ${environment.ttl} ${environment.ttl === 1 ? 'minute' : 'minutes'} is over`,
    ).catch((error: unknown) =>
      parts.logger.warn({ environment: environment.id }, `an expired environment stays: ${messageOf(error)}`),
    )
  }
  const later = environments.flatMap(({ expiresAt }) =>
    expiresAt !== null && expiresAt > now ? [expiresAt] : [],
  )
  return later.length > 0 ? Math.min(...later) : undefined
}
