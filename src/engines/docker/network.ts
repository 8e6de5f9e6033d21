import { isQaackError, QaackError } from '../../errors.ts'
import type { NetworkSpec } from '../engine.ts'
import { addressIn } from '../subnets.ts'
import type { Connection } from './connection.ts'
import { statusOf } from './errors.ts'

/** A network of its own for one generation: its containers see each other and the world, and no other generation. */
export async function openNetwork(connection: Connection, network: NetworkSpec): Promise<void> {
  const { name, subnet, labels } = network
  try {
    await connection.call(`open the network ${name} with ${subnet}`, (docker, abortSignal) =>
      docker.createNetwork({
        Name: name,
        // Without it the engine makes a second network of the same name.
        CheckDuplicate: true,
        Driver: 'bridge',
        IPAM: { Config: [{ Subnet: subnet, Gateway: addressIn(subnet, 1) }] },
        Labels: { ...labels },
        abortSignal,
      }),
    )
  } catch (error) {
    // Who is told of the subnet has passed with the name.
    if (isQaackError(error, 'engine_unavailable') || isQaackError(error, 'conflict')) throw error
    const known = await find(connection, name)
    if (!known) throw error
    const isOurs = Object.entries(labels).every(([label, value]) => known.labels[label] === value)
    if (isOurs && known.subnet === subnet) return
    const how = isOurs
      ? `with ${known.subnet} instead of ${subnet}`
      : 'made by somebody else or for something else'
    const message = `a network ${name} exists already, ${how}; remove it first`
    throw new QaackError('engine_failed', message, { cause: error })
  }
}

async function find(
  connection: Connection,
  name: string,
): Promise<{ subnet: string; labels: Record<string, string> } | undefined> {
  return connection.call(`look at the network ${name}`, async (docker) => {
    try {
      const found = await docker.getNetwork(name).inspect()
      // The engine also takes the beginning of an id for a name.
      if (found.Name !== name) return undefined
      return { subnet: found.IPAM?.Config?.[0]?.Subnet ?? '', labels: found.Labels ?? {} }
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw error
    }
  })
}
