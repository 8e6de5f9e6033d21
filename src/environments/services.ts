import type { Container } from '../engines/engine.ts'
import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { answering } from './answering.ts'
import type { EnvironmentRecord, ServiceRecord } from './environment.ts'

/** A service by its name. QaackError `not_found` tells which there are. */
export function serviceOf(environment: EnvironmentRecord, name: string): ServiceRecord {
  const { services } = answering(environment)
  const service = services.find((candidate) => candidate.name === name)
  if (service) return service
  const known = services.map((candidate) => candidate.name).join(', ')
  throw new QaackError(
    'not_found',
    `environment ${environment.id} has no service ${name}; it has ${known || 'none, as long as it is not created'}`,
  )
}

/** The container of a service, which may be gone all the same: see containerThere. */
export function containerOf(parts: Parts, service: ServiceRecord): Container {
  if (service.containerId === null)
    throw new QaackError('conflict', `service ${service.name} is not created yet`)
  return parts.engine.container(service.containerId)
}

/** The same, of which the engine says that it is there. */
export async function containerThere(parts: Parts, service: ServiceRecord): Promise<Container> {
  const container = containerOf(parts, service)
  if (await container.inspect()) return container
  throw gone(service)
}

/** The same, of which the engine says that it runs. */
export async function containerRunning(parts: Parts, service: ServiceRecord): Promise<Container> {
  const container = containerOf(parts, service)
  const state = await container.inspect()
  if (!state) throw gone(service)
  if (state.running) return container
  throw new QaackError(
    'conflict',
    `service ${service.name} does not run; look at its log, or rebuild the environment`,
  )
}

function gone(service: ServiceRecord): QaackError {
  return new QaackError(
    'conflict',
    `the container of service ${service.name} is gone; rebuild the environment`,
  )
}
