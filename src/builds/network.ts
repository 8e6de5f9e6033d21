import { engineName, labelsFor } from '../engines/labels.ts'
import { change } from '../environments/lifecycle.ts'
import { nextSubnet } from '../engines/subnets.ts'
import { isQaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { BuildRecord } from './build.ts'

/** Opens the network of a generation on a subnet of our own pool that is free, and returns the subnet. */
export function openNetwork(parts: Parts, build: BuildRecord): Promise<string> {
  // One at a time, so that two environments do not choose the same subnet.
  return parts.background.inTurn('subnets', () => choose(parts, build))
}

async function choose(parts: Parts, build: BuildRecord): Promise<string> {
  const environments = await parts.store.list('environment', {})
  const taken = environments.flatMap(({ id, subnet }) =>
    subnet && id !== build.environmentId ? [subnet] : [],
  )
  const refused: string[] = []
  for (;;) {
    const subnet = nextSubnet(parts.config.network.pool, taken, refused)
    const labels = labelsFor({
      instance: parts.instance,
      environment: build.environmentId,
      generation: build.generation,
    })
    try {
      await parts.engine.openNetwork({
        name: engineName(build.environmentId, build.generation),
        subnet,
        labels,
      })
      await change(parts, build.environmentId, (s) =>
        s.environment.generation === build.generation
          ? { environment: { ...s.environment, subnet } }
          : undefined,
      )
      return subnet
    } catch (error) {
      // Somebody else on this machine uses it: a network of another installation, or of no engine at all.
      if (!isQaackError(error, 'conflict')) throw error
      refused.push(subnet)
    }
  }
}
