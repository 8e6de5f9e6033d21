import type { Resource } from '../engines/engine.ts'
import { engineName, labelsFor } from '../engines/labels.ts'
import { placeOf } from '../engines/place.ts'
import { messageOf } from '../errors.ts'
import { note } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import { generationOf, removeAll } from './effects.ts'
import { walk, type EnvironmentRecord, type ServiceRecord } from './environment.ts'
import { change } from './lifecycle.ts'

/**
 * Compares what is on the engine by our label with what the store knows, and repairs both: what nobody owns goes; a
 * service that stands still is started again; one that is gone makes its environment fail, and says so.
 */
export async function reconcile(parts: Parts): Promise<void> {
  // The engine first: everything on it was written down before it was made, so what is unknown now is nobody's.
  const resources = await parts.engine.list({ 'qaack.instance': parts.instance })
  const environments = new Map(
    (await parts.store.list('environment')).map((environment) => [environment.id, environment]),
  )
  const orphans = resources.filter(
    (resource) => !isOwned(resource, environments.get(resource.labels['qaack.environment'] ?? '')),
  )
  if (orphans.length > 0) {
    const names = orphans.map(({ name }) => name).join(', ')
    await removeAll(parts, orphans).then(
      () => note(parts, 'cleanup', `removed ${orphans.length} left over on the engine: ${names}`),
      (error: unknown) =>
        note(parts, 'fault', `left over and not to be removed (${names}): ${messageOf(error)}`),
    )
  }
  const containers = new Map(
    resources.filter(({ kind }) => kind === 'container').map((resource) => [resource.id, resource]),
  )
  for (const environment of environments.values()) {
    // One preview that cannot be repaired must not keep the others down.
    await reviveServices(parts, environment, containers).catch((error: unknown) =>
      parts.logger.warn(
        { environment: environment.id },
        `a preview could not be revived: ${messageOf(error)}`,
      ),
    )
  }
}

/**
 * Opens the networks of living environments once more, at a start: a server that runs in a container of its own, and in a
 * new one since, joins them by that.
 */
export async function rejoin(parts: Parts): Promise<void> {
  for (const { id, state, subnet, generation } of await parts.store.list('environment')) {
    if (state === 'empty' || state === 'creating' || subnet === null) continue
    const labels = labelsFor({ instance: parts.instance, environment: id, generation })
    await parts.engine.openNetwork({ name: engineName(id, generation), subnet, labels })
  }
}

export function isOwned(resource: Resource, environment: EnvironmentRecord | undefined): boolean {
  return (
    environment !== undefined &&
    environment.state !== 'empty' &&
    generationOf(resource) === environment.generation
  )
}

async function reviveServices(
  parts: Parts,
  environment: EnvironmentRecord,
  containers: Map<string, Resource>,
): Promise<void> {
  if (environment.state !== 'built' && environment.state !== 'created') return
  for (const service of environment.services) {
    const container = containers.get(service.containerId ?? '')
    // Listed before the environments were: one that was built in between is there all the same.
    if (!container && !(await parts.engine.container(service.containerId ?? '').inspect())) {
      const reason = `service ${service.name} is gone: its container was removed from outside; rebuild the environment`
      await failBuilt(parts, environment, reason)
      return
    }
    if (container?.running === false) await revive(parts, environment, service)
  }
}

/** Starts a service that stands still, e.g. after a restart of the machine, and notes where it is reached now. */
export async function revive(
  parts: Parts,
  environment: EnvironmentRecord,
  service: ServiceRecord,
): Promise<void> {
  const container = parts.engine.container(service.containerId ?? '')
  const before = await container.inspect()
  if (!before || before.running) return
  await container.start()
  const state = await container.inspect()
  const why = before.outOfMemory
    ? 'it ran out of memory'
    : `its main process had ended with exit code ${before.exitCode}`
  await change(parts, environment.id, (s) => {
    if (s.environment.generation !== environment.generation) return undefined
    const services = s.environment.services.map((known) =>
      known.name === service.name && known.port !== null && state
        ? { ...known, target: placeOf(state, known.port) }
        : known,
    )
    return {
      environment: { ...s.environment, services },
      event: { kind: 'service', message: `service ${service.name} started again: ${why}` },
    }
  })
}

/** A preview that was built and cannot be kept up. */
export async function failBuilt(parts: Parts, environment: EnvironmentRecord, reason: string): Promise<void> {
  await change(parts, environment.id, (s) => {
    const state = walk(s.environment.state, 'fail')
    const same = s.environment.generation === environment.generation && s.environment.state === 'built'
    if (!same || !state) return undefined
    return {
      environment: { ...s.environment, state, reason },
      event: { kind: 'environment', message: reason },
    }
  })
}
