import { answering, answers } from '../environments/answering.ts'
import type { EnvironmentRecord, ServiceRecord, State } from '../environments/environment.ts'

export type Admission =
  /** `stale`: the commit that answers, where that is older than what the ref points to. */
  | { kind: 'forward'; target: { host: string; port: number }; service: string; stale: string | null }
  /** Not now, but a later request may be answered: the state page with status 503. */
  | { kind: 'wait'; reason: string }
  /** This service has no address, whatever the state: the state page with status 404. */
  | { kind: 'no-address'; reason: string }

/**
 * Whether a request may go to a service of the environment now, in whatever state: to what answers while newer services are made
 * beside it, or after these came to nothing. `service` null = the default one.
 */
export function admit(environment: EnvironmentRecord, service: string | null): Admission {
  if (!answers(environment)) return { kind: 'wait', reason: environment.reason || reasons[environment.state] }
  const { services } = answering(environment)
  const found = service === null ? defaultService(services) : services.find(({ name }) => name === service)
  if (!found) return { kind: 'no-address', reason: missing(services, service) }
  if (found.port === null)
    return {
      kind: 'no-address',
      reason: `Service ${found.name} has no port in the Qaackfile.${others(services)}`,
    }
  if (!found.target) return { kind: 'wait', reason: `Service ${found.name} does not run yet.` }
  return {
    kind: 'forward',
    target: found.target,
    service: found.name,
    stale: environment.serving?.stale ? environment.serving.hash : null,
  }
}

const reasons: Record<State, string> = {
  empty: 'The next push to this ref, or a build by hand, brings it up.',
  creating: 'The containers of its services are being made.',
  created: 'Its services run without code; no build was asked for.',
  queued: 'Other builds go first; this one starts by itself as soon as there is room.',
  building: 'The build commands run. The preview opens here when it is ready.',
  cancelled: 'The build was cancelled. Build it again, or push a new commit.',
  failed: 'The build did not complete. Correct what the log shows and push again.',
  built: 'It is ready.',
  softrebuilding: 'Its services are being made again, but for the locked ones.',
}

function defaultService(services: ServiceRecord[]): ServiceRecord | undefined {
  return services.find((service) => service.default) ?? (services.length === 1 ? services[0] : undefined)
}

function missing(services: ServiceRecord[], service: string | null): string {
  const what =
    service === null
      ? 'This environment has no default service.'
      : `There is no service ${service} in this environment.`
  return `${what}${others(services)}`
}

function others(services: ServiceRecord[]): string {
  const names = services.filter(({ port }) => port !== null).map(({ name }) => name)
  return names.length === 0
    ? ' None of its services has a port.'
    : ` These have an address: ${names.join(', ')}.`
}
