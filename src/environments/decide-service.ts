import { answering } from './answering.ts'
import { stateAfter, type Decision, type Situation } from './decision.ts'
import type { ServiceRecord } from './environment.ts'

/** A service was started again; `target` is where it is reached now. `undefined` if it is not of this environment any more. */
export function decideMoved(
  { environment }: Situation,
  service: ServiceRecord,
  { target, why }: { target: ServiceRecord['target']; why: string },
): Decision | undefined {
  const known = [...environment.services, ...(environment.standing?.services ?? [])]
  if (!known.some((one) => isSame(one, service))) return undefined
  const moved = (services: ServiceRecord[]) =>
    services.map((one) => (isSame(one, service) ? { ...one, target } : one))
  const { standing } = environment
  return {
    environment: {
      ...environment,
      services: moved(environment.services),
      standing: standing && { ...standing, services: moved(standing.services) },
    },
    event: { kind: 'service', message: `service ${service.name} started again: ${why}` },
  }
}

/**
 * A service of what answers cannot be kept up, so that nothing answers any more. What is made beside it goes on. `undefined`
 * if it is not of what answers.
 */
export function decideGone(
  { environment }: Situation,
  service: ServiceRecord,
  reason: string,
): Decision | undefined {
  const { state, serving, standing } = environment
  if (serving === null || !answering(environment).services.some((one) => isSame(one, service)))
    return undefined
  const silent = { ...environment, serving: null, standing: null }
  const event = { kind: 'environment', message: reason } as const
  if (standing) return { environment: silent, event, tidy: true }
  const failed = state === 'built' ? stateAfter(environment, 'fail') : state
  return { environment: { ...silent, state: failed, reason }, event }
}

function isSame(one: ServiceRecord, other: ServiceRecord): boolean {
  return one.containerId !== null && one.containerId === other.containerId
}
