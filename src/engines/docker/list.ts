import type { Resource } from '../engine.ts'
import type { Labels } from '../labels.ts'
import type { Connection } from './connection.ts'

/** Everything that carries these labels. */
export async function list(connection: Connection, labels: Partial<Labels>): Promise<Resource[]> {
  const filters = { label: Object.entries(labels).map(([name, value]) => `${name}=${value}`) }
  const [containers, networks, volumes, images] = await Promise.all([
    connection.call('list containers', (docker, abortSignal) =>
      docker.listContainers({ all: true, filters, abortSignal }),
    ),
    connection.call('list networks', (docker, abortSignal) => docker.listNetworks({ filters, abortSignal })),
    connection.call('list volumes', (docker, abortSignal) => docker.listVolumes({ filters, abortSignal })),
    connection.call('list images', (docker, abortSignal) => docker.listImages({ filters, abortSignal })),
  ])
  return [
    ...containers.map((one): Resource => ({
      kind: 'container',
      id: one.Id,
      name: one.Names[0]?.replace(/^\//, '') ?? one.Id,
      labels: labelsOf(one.Labels),
      running: one.State === 'running' || one.State === 'paused',
      paused: one.State === 'paused',
    })),
    ...networks.map((one): Resource => ({
      kind: 'network',
      id: one.Id,
      name: one.Name,
      labels: labelsOf(one.Labels),
    })),
    // The engine says null where there are none.
    ...(volumes.Volumes ?? []).map((one): Resource => ({
      kind: 'volume',
      id: one.Name,
      name: one.Name,
      labels: labelsOf(one.Labels),
    })),
    ...images.map((one): Resource => ({
      kind: 'image',
      id: one.Id,
      name: one.RepoTags?.find((name) => name !== '<none>:<none>') ?? one.Id,
      labels: labelsOf(one.Labels),
    })),
  ]
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
