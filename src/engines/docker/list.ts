import type { Resource } from '../engine.ts'
import type { Labels } from '../labels.ts'
import type { Connection } from './connection.ts'

type Lister = (connection: Connection, filters: { label: string[] }) => Promise<Resource[]>

const listers: Record<Resource['kind'], Lister> = {
  async container(connection, filters) {
    const containers = await connection.call('list containers', (docker, abortSignal) =>
      docker.listContainers({ all: true, filters, abortSignal }),
    )
    return containers.map((one) => ({
      kind: 'container',
      id: one.Id,
      name: one.Names[0]?.replace(/^\//, '') ?? one.Id,
      labels: labelsOf(one.Labels),
      running: one.State === 'running' || one.State === 'paused',
      paused: one.State === 'paused',
    }))
  },
  async network(connection, filters) {
    const networks = await connection.call('list networks', (docker, abortSignal) =>
      docker.listNetworks({ filters, abortSignal }),
    )
    return networks.map((one) => ({
      kind: 'network',
      id: one.Id,
      name: one.Name,
      labels: labelsOf(one.Labels),
    }))
  },
  async volume(connection, filters) {
    const { Volumes } = await connection.call('list volumes', (docker, abortSignal) =>
      docker.listVolumes({ filters, abortSignal }),
    )
    // The engine says null where there are none.
    return ((Volumes as typeof Volumes | null) ?? []).map((one) => ({
      kind: 'volume',
      id: one.Name,
      name: one.Name,
      labels: labelsOf(one.Labels),
    }))
  },
  async image(connection, filters) {
    const images = await connection.call('list images', (docker, abortSignal) =>
      docker.listImages({ filters, abortSignal }),
    )
    return images.map((one) => ({
      kind: 'image',
      id: one.Id,
      name: one.RepoTags?.find((name) => name !== '<none>:<none>') ?? one.Id,
      labels: labelsOf(one.Labels),
    }))
  },
}

/** Everything of these kinds that carries these labels. */
export async function list(
  connection: Connection,
  labels: Partial<Labels>,
  kinds: readonly Resource['kind'][] = ['container', 'network', 'volume', 'image'],
): Promise<Resource[]> {
  const filters = { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) }
  return (await Promise.all(kinds.map((kind) => listers[kind](connection, filters)))).flat()
}

/** Ours among all labels of a thing. */
export function labelsOf(all: Record<string, string> | null | undefined): Partial<Labels> {
  const ours = [
    'qaack.instance',
    'qaack.environment',
    'qaack.generation',
    'qaack.service',
    'qaack.reusable',
  ] as const
  return Object.fromEntries(ours.flatMap((name) => (all?.[name] === undefined ? [] : [[name, all[name]]])))
}
