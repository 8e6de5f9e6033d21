import { removeUnowned } from '../environments/effects.ts'
import type { ServiceRecord } from '../environments/environment.ts'
import { decideGiveWay } from '../environments/outcome.ts'
import { placeOf } from '../engines/place.ts'
import { addressIn } from '../engines/subnets.ts'
import { BuildFailure } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import type { BuildRecord } from './build.ts'
import { changeOwn } from './own.ts'
import type { Plan } from './plan.ts'
import { running } from './ready.ts'

/** Seconds that a locked service gets to write down what it has in memory. */
const stopGrace = 10

/** The services that a build keeps as they are, by name; none but in a soft rebuild. What the Qaackfile takes from under them is a BuildFailure. */
export function lockedServices({ environment, qaackfile }: Pick<Plan, 'environment' | 'qaackfile'>) {
  const locked = environment.services.filter((service) => service.locked)
  for (const { name, image } of locked) {
    const wanted = qaackfile.services.find((service) => service.name === name)
    if (wanted?.image === image) continue
    const what = wanted
      ? `has the image ${image}, and the Qaackfile wants ${wanted.image}`
      : 'is not in the Qaackfile any more'
    throw new BuildFailure(
      `service ${name} is locked and ${what}; correct the Qaackfile, or unlock ${name}, which gives up its data, and build again`,
    )
  }
  return new Map(locked.map((service) => [service.name, service]))
}

/**
 * What answered goes, but for the locked services, which are stopped: each is started when its turn comes. Only after all
 * that may fail before it.
 */
export async function giveWay(
  parts: Parts,
  build: BuildRecord,
  locked: Map<string, ServiceRecord>,
  signal: AbortSignal,
): Promise<void> {
  if (locked.size === 0) return
  await changeOwn(parts, build, decideGiveWay)
  signal.throwIfAborted()
  const now = await parts.store.get('environment', build.environmentId)
  if (now?.generation !== build.generation || now.state !== 'softrebuilding')
    throw new BuildFailure('the build was cancelled or replaced')
  // In one network two services of a name would answer for each other.
  await removeUnowned(parts, build.environmentId)
  await Promise.all(
    [...locked.values()].map(async ({ name, containerId }) => {
      const container = parts.engine.container(containerId ?? '')
      if (!(await container.inspect())) throw isGone(name)
      await container.stop(stopGrace)
    }),
  )
}

/** A locked service goes on where it was; its record as it is now. */
export async function startLocked(
  parts: Parts,
  service: Service,
  record: ServiceRecord,
): Promise<ServiceRecord> {
  const container = parts.engine.container(record.containerId ?? '')
  if (!(await container.inspect())) throw isGone(service.name)
  await container.start()
  const state = await running(service, container)
  const { port } = service
  return { ...record, port, state: 'running', target: port === null ? null : placeOf(state, port) }
}

/** Addresses for services that are made, none of which a locked one has. */
export async function freeAddresses(
  parts: Parts,
  subnet: string,
  services: Service[],
  locked: Map<string, ServiceRecord>,
): Promise<Map<string, string>> {
  const held = new Set(
    await Promise.all(
      [...locked.values()].map(
        async ({ address, containerId }) =>
          address ?? (await parts.engine.container(containerId ?? '').inspect())?.address,
      ),
    ),
  )
  const free = new Map<string, string>()
  let index = 2
  for (const { name } of services) {
    while (held.has(addressIn(subnet, index))) index += 1
    free.set(name, addressIn(subnet, index))
    index += 1
  }
  return free
}

function isGone(name: string): BuildFailure {
  return new BuildFailure(
    `the locked service ${name} is gone: its container was removed from outside; unlock it and build again`,
  )
}
