import { readFile } from 'node:fs/promises'
import type { NetworkSpec } from '../engine.ts'
import { addressIn } from '../subnets.ts'
import type { Connection } from './connection.ts'
import { statusOf } from './errors.ts'

/** The last address of a /27 that a container may have; the services' own are counted from the other end. */
const ownAddress = 30

/**
 * The id of the container that this process runs in, if it is one of this engine and has a network of its own: then the
 * way to the previews is to join their networks.
 */
export async function findOwnContainer(
  connection: Connection,
  mounts: Promise<string> = readFile('/proc/self/mountinfo', 'utf8').catch(() => ''),
): Promise<string | undefined> {
  const id = containerIdOf(await mounts)
  if (id === undefined) return undefined
  return connection.call('look for the container that Qaack runs in', async (docker) => {
    try {
      const { HostConfig } = await docker.getContainer(id).inspect()
      return HostConfig.NetworkMode === 'host' ? undefined : id
    } catch (error) {
      if (statusOf(error) === 404) return undefined
      throw error
    }
  })
}

/** The engine mounts a few files of its own into each container, from a folder that bears its id. */
export function containerIdOf(mountinfo: string): string | undefined {
  return /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf) \/etc\//.exec(mountinfo)?.[1]
}

/** Joins the network of a preview, at an address that no service gets. Safe twice. */
export async function joinNetwork(connection: Connection, network: NetworkSpec, own: string): Promise<void> {
  await connection.call(`join the network ${network.name}`, async (docker) => {
    const IPAMConfig = { IPv4Address: addressIn(network.subnet, ownAddress) }
    try {
      await docker.getNetwork(network.name).connect({ Container: own, EndpointConfig: { IPAMConfig } })
    } catch (error) {
      // 403 = it is in there already.
      if (statusOf(error) !== 403) throw error
    }
  })
}
