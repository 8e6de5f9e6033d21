import type { Parts } from '../parts.ts'
import { messageOf } from '../errors.ts'
import type { Labels } from '../engines/labels.ts'
import { failBuilt, revive } from './reconcile.ts'

/** Seconds before a service whose main process died is started again; the last holds for all later ones. */
const pauses = [1, 2, 5, 10, 30, 60]
/** Deaths in a row after which it is not started again. */
const enough = 10
/** A service that ran this long, in milliseconds, begins with the first pause again. */
const calm = 60_000

/**
 * Starts services of previews again when their main process dies, until `signal` fires. (A `start` command is watched
 * inside its container; this is for images that run their own command.)
 */
export async function superviseForever(parts: Parts, signal: AbortSignal): Promise<void> {
  const deaths = new Map<string, { count: number; at: number }>()
  for await (const event of parts.engine.events(signal)) {
    if (event.kind === 'removed') deaths.delete(event.containerId)
    if (event.kind !== 'died' || event.labels['qaack.instance'] !== parts.instance) continue
    const now = parts.clock.now()
    const before = deaths.get(event.containerId)
    const count = before && now - before.at < calm ? before.count + 1 : 0
    deaths.set(event.containerId, { count, at: now })
    if (count + 1 >= enough) {
      const { containerId, exitCode = 0 } = event
      parts.background.run('end of a service', () => giveUp(parts, event.labels, containerId, exitCode))
      continue
    }
    const pause = pauses[Math.min(count, pauses.length - 1)] ?? 60
    parts.background.run('restart of a service', async () => {
      await parts.clock.sleep(pause * 1000, signal)
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
  const service = environment?.services.find((candidate) => candidate.containerId === containerId)
  if (!environment || !service) return
  const reason = `service ${service.name} died ${enough} times in a row, the last time with exit code ${exitCode}; look at its log, correct it and rebuild`
  await failBuilt(parts, environment, reason)
}

async function restart(parts: Parts, environmentId: string, containerId: string): Promise<void> {
  const environment = await parts.store.get('environment', environmentId)
  if (environment?.state !== 'built' && environment?.state !== 'created') return
  const service = environment.services.find((candidate) => candidate.containerId === containerId)
  if (!service) return
  await revive(parts, environment, service).catch((error: unknown) =>
    parts.logger.warn(
      { environment: environmentId },
      `service ${service.name} could not be started again: ${messageOf(error)}`,
    ),
  )
}
