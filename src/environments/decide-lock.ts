import { QaackError } from '../errors.ts'
import type { Decision, Situation } from './decision.ts'
import type { State } from './environment.ts'
import { serviceOf } from './services.ts'

/** States in which nothing is made of the services right now. */
const settled: State[] = ['created', 'built', 'failed', 'cancelled']

/** A service is to be kept as it is, with its data, or not any more. `undefined` if it is so already. */
export function decideLock(s: Situation, name: string, locked: boolean): Decision | undefined {
  const { environment } = s
  const verb = locked ? 'lock' : 'unlock'
  if (!settled.includes(environment.state)) {
    const hint = environment.state === 'empty' ? 'create it first' : 'wait for its end, or cancel it'
    throw new QaackError(
      'conflict',
      `environment ${environment.id} is ${environment.state}: there is nothing to ${verb}; ${hint}`,
    )
  }
  const service = serviceOf(environment, name)
  if (service.locked === locked) return undefined
  const services = environment.services.map((one) => (one === service ? { ...one, locked } : one))
  // As documented, the time to live ends for good with the first lock, not until the last unlock.
  const life = locked ? { ttl: 0, expiresAt: null } : {}
  const ends = locked && environment.expiresAt !== null ? '; its time to live is off for good' : ''
  return {
    environment: { ...environment, services, ...life },
    event: { kind: 'service', message: `service ${name} ${locked ? 'locked' : 'unlocked'}${ends}` },
  }
}
