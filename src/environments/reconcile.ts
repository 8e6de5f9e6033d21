import type { Resource } from '../engines/engine.ts'
import { engineName, labelsFor } from '../engines/labels.ts'
import { placeOf } from '../engines/place.ts'
import { messageOf } from '../errors.ts'
import { note } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import { keptRunning } from './answering.ts'
import { decideGone, decideMoved } from './decide-service.ts'
import { isForsaken, removeAll } from './effects.ts'
import type { EnvironmentRecord, ServiceRecord } from './environment.ts'
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
  const now = parts.clock.now()
  const orphans = resources.filter((resource) =>
    isForsaken(resource, environments.get(resource.labels['qaack.environment'] ?? ''), now),
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
  for (const environment of await parts.store.list('environment')) {
    const { id, state, standing } = environment
    // What is being created is created anew, with its network.
    const own = state === 'creating' ? [] : [environment]
    for (const { subnet, networkGeneration: generation } of [...own, ...(standing ? [standing] : [])]) {
      if (subnet === null || generation === null) continue
      const labels = labelsFor({ instance: parts.instance, environment: id, generation })
      await parts.engine.openNetwork({ name: engineName(id, generation), subnet, labels })
    }
  }
}

async function reviveServices(
  parts: Parts,
  environment: EnvironmentRecord,
  containers: Map<string, Resource>,
): Promise<void> {
  for (const service of keptRunning(environment)) {
    const container = containers.get(service.containerId ?? '')
    // Listed before the environments were: one that was built in between is there all the same.
    if (!container && !(await parts.engine.container(service.containerId ?? '').inspect())) {
      await failService(
        parts,
        environment.id,
        service,
        'is gone: its container was removed from outside; rebuild the environment',
      )
      return
    }
    if (container?.running === false || container?.paused) await revive(parts, environment.id, service)
  }
}

/** Starts the services of an environment that are to run and stand still, as locked ones do after a soft rebuild failed. */
export async function reviveStopped(parts: Parts, environmentId: string): Promise<void> {
  const environment = await parts.store.get('environment', environmentId)
  for (const service of environment ? keptRunning(environment) : [])
    await revive(parts, environmentId, service)
}

/**
 * Starts a service that stands still, e.g. after a restart of the machine, and notes where it is reached now. One that a server
 * had paused to save it, and was killed, goes on.
 */
export async function revive(parts: Parts, environmentId: string, service: ServiceRecord): Promise<void> {
  const container = parts.engine.container(service.containerId ?? '')
  const before = await container.inspect()
  if (!before) return
  if (before.running) return container.unpause()
  await container.start()
  const state = await container.inspect()
  const why = before.outOfMemory
    ? 'it ran out of memory'
    : `its main process had ended with exit code ${before.exitCode}`
  const target = state && service.port !== null ? placeOf(state, service.port) : service.target
  await change(parts, environmentId, (s) => decideMoved(s, service, { target, why }))
}

/** A service of what answers cannot be kept up. `why` ends the sentence `service web …`. */
export async function failService(
  parts: Parts,
  environmentId: string,
  service: ServiceRecord,
  why: string,
): Promise<void> {
  await change(parts, environmentId, (s) => decideGone(s, service, `service ${service.name} ${why}`))
}
