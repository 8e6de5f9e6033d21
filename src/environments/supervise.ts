import type { Parts } from '../parts.ts'
import { messageOf } from '../errors.ts'
import type { Labels } from '../engines/labels.ts'
import type { EnvironmentRecord, ServiceRecord } from './environment.ts'
import { enough, oneMore, type Deaths } from './deaths.ts'
import { keptRunning } from './answering.ts'
import { failService, revive } from './reconcile.ts'

/**
 * Starts services of previews again when their main process dies, until `signal` fires. (A `start` command is watched
 * inside its container; this is for images that run their own command.)
 */
export async function superviseForever(parts: Parts, signal: AbortSignal): Promise<void> {
  const known = new Map<string, Deaths>()
  for await (const event of parts.engine.events(signal)) {
    if (event.kind === 'removed') known.delete(event.containerId)
    if (event.kind !== 'died' || event.labels['qaack.instance'] !== parts.instance) continue
    const deaths = oneMore(known.get(event.containerId), parts.clock.now())
    known.set(event.containerId, deaths)
    if (deaths.count >= enough) {
      const { containerId, exitCode = 0 } = event
      parts.background.run('end of a service', () => giveUp(parts, event.labels, containerId, exitCode))
      continue
    }
    parts.background.run('restart of a service', async () => {
      await parts.clock.sleep(deaths.pause, signal)
      if (!signal.aborted) await restart(parts, event.labels['qaack.environment'] ?? '', event.containerId)
    })
  }
}

async function giveUp(
  parts: Parts,
  labels: Partial<Labels>,
  containerId: string,
  exitCode: number,
): Promise<void> {
  const environment = await parts.store.get('environment', labels['qaack.environment'] ?? '')
  const service = environment && runningOne(environment, containerId)
  if (!service) return
  const why = `died ${enough} times in a row, the last time with exit code ${exitCode}; look at its log, correct it and rebuild`
  await failService(parts, environment.id, service, why)
}

async function restart(parts: Parts, environmentId: string, containerId: string): Promise<void> {
  const environment = await parts.store.get('environment', environmentId)
  const service = environment && runningOne(environment, containerId)
  if (!service) return
  await revive(parts, environmentId, service).catch((error: unknown) =>
    parts.logger.warn(
      { environment: environmentId },
      `service ${service.name} could not be started again: ${messageOf(error)}`,
    ),
  )
}

function runningOne(environment: EnvironmentRecord, containerId: string): ServiceRecord | undefined {
  return keptRunning(environment).find((candidate) => candidate.containerId === containerId)
}
