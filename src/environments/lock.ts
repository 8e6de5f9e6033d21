import type { Parts } from '../parts.ts'
import { decideLock } from './decide-lock.ts'
import type { EnvironmentRecord } from './environment.ts'
import { change } from './lifecycle.ts'

/**
 * Locks a service: it is kept as it is, with its data, also by rebuilds. As long as one is locked, its environment is not
 * deleted, and it never expires again. Safe twice.
 */
export function lockService(
  parts: Parts,
  environmentId: string,
  service: string,
): Promise<EnvironmentRecord> {
  return change(parts, environmentId, (situation) => decideLock(situation, service, true))
}

/** Ends that; the time to live stays off. Safe twice. */
export function unlockService(
  parts: Parts,
  environmentId: string,
  service: string,
): Promise<EnvironmentRecord> {
  return change(parts, environmentId, (situation) => decideLock(situation, service, false))
}
