import { engineName, labelsFor } from '../engines/labels.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { change } from '../environments/lifecycle.ts'
import type { NetworkSpec } from '../engines/engine.ts'
import { nextSubnet } from '../engines/subnets.ts'
import { isQaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { BuildRecord } from './build.ts'

export interface OpenNetwork {
  name: string
  subnet: string
}

/** Opens the network of a generation on a subnet of our own pool that is free; in a soft rebuild, the one that is there. */
export async function openNetwork(
  parts: Parts,
  build: BuildRecord,
  environment: EnvironmentRecord,
): Promise<OpenNetwork> {
  const { state, subnet, networkGeneration } = environment
  if (state === 'softrebuilding' && subnet !== null && networkGeneration !== null) {
    const network = networkOf(parts, build.environmentId, networkGeneration, subnet)
    await parts.engine.openNetwork(network)
    return network
  }
  // One at a time, so that two environments do not choose the same subnet.
  return parts.background.inTurn('subnets', () => choose(parts, build))
}

async function choose(parts: Parts, build: BuildRecord): Promise<OpenNetwork> {
  const environments = await parts.store.list('environment', {})
  // Those of this environment too: another generation of it may answer.
  const taken = environments
    .flatMap(({ subnet, standing }) => [subnet, standing?.subnet ?? null])
    .filter((subnet) => subnet !== null)
  const refused: string[] = []
  for (;;) {
    const subnet = nextSubnet(parts.config.network.pool, taken, refused)
    const network = networkOf(parts, build.environmentId, build.generation, subnet)
    try {
      await parts.engine.openNetwork(network)
      await change(parts, build.environmentId, (s) =>
        s.environment.generation === build.generation
          ? { environment: { ...s.environment, subnet, networkGeneration: build.generation } }
          : undefined,
      )
      return network
    } catch (error) {
      // Somebody else on this machine uses it: a network of another installation, or of no engine at all.
      if (!isQaackError(error, 'conflict')) throw error
      refused.push(subnet)
    }
  }
}

function networkOf(parts: Parts, environment: string, generation: number, subnet: string): NetworkSpec {
  const labels = labelsFor({ instance: parts.instance, environment, generation })
  return { name: engineName(environment, generation), subnet, labels }
}
