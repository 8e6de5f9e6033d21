import Docker from 'dockerode'
import type { Origin } from '../fakes/origin.ts'
import { until, type ServerProcess } from '../../src/setup/server-process.ts'

export interface EnvironmentView {
  id: string
  status: string
  reason: string
  weburl: string
  names: string[]
  gitRef: { type: string; name: string; hash: string }
  services: { id: string; name: string; url?: string }[]
}

export interface RepositoryView {
  id: string
  environments: { id: string; name: string; gitRef: { type: string; name: string } }[]
}

/** Adds a repository and waits until its refs are known. */
export async function addRepository(server: ServerProcess, name: string, origin: Origin): Promise<string> {
  const groups = await server.api<{ id: string; name: string }[]>('GET', '/api/groups')
  const group = groups.find((candidate) => candidate.name === 'default')
  const { id } = await server.api<{ id: string }>('POST', `/api/group/${group?.id}`, {
    name,
    type: 'generic',
    params: { origin: origin.dir },
  })
  await server.api('POST', `/api/repository/${id}/sync`)
  await until(
    async () => (await server.api<RepositoryView>('GET', `/api/repository/${id}`)).environments.length > 0,
    'refs are known',
  )
  return id
}

export async function environmentOf(server: ServerProcess, repository: string, ref: string): Promise<string> {
  const { environments } = await server.api<RepositoryView>('GET', `/api/repository/${repository}`)
  const found = environments.find(({ gitRef }) => gitRef.name === ref)
  if (!found) throw new Error(`no environment of ${ref} in ${JSON.stringify(environments)}`)
  return found.id
}

export function show(server: ServerProcess, id: string): Promise<EnvironmentView> {
  return server.api<EnvironmentView>('GET', `/api/environment/${id}`)
}

/** Waits until the environment is in one of the states, and returns it. `longest` pause between two looks, in milliseconds. */
export async function waitFor(
  server: ServerProcess,
  id: string,
  states: string[],
  seconds = 120,
  longest?: number,
): Promise<EnvironmentView> {
  let last: EnvironmentView | undefined
  await until(
    async () => {
      last = await show(server, id)
      return states.includes(last.status)
    },
    `environment ${id} is ${states.join(' or ')} (was ${last?.status}: ${last?.reason})`,
    seconds,
    longest,
  ).catch(async (error: unknown) => {
    const log = await server.api<string>('GET', `/api/environment/${id}/log`).catch(() => '')
    const said = `its log:\n${log}\nthe server said:\n${server.output.slice(-8000)}`
    throw new Error(`${String(error)}; it is ${last?.status}: ${last?.reason}\n${said}`)
  })
  if (!last) throw new Error('never seen')
  return last
}

const docker = new Docker()

/**
 * Names of all that the engine has with our label of one environment. By its API: it is asked again and again, and each
 * start of its command takes more of the processor than all that is waited for.
 */
export async function onEngine(environment: string): Promise<string[]> {
  const filters = { label: [`qaack.environment=${environment}`] }
  const [containers, networks, volumes, images] = await Promise.all([
    docker.listContainers({ all: true, filters }),
    docker.listNetworks({ filters }),
    docker.listVolumes({ filters }),
    docker.listImages({ filters: JSON.stringify(filters) }),
  ])
  return [
    ...containers.map(({ Names, Id }) => Names[0]?.slice(1) ?? Id),
    ...networks.map(({ Name }) => Name),
    ...volumes.Volumes.map(({ Name }) => Name),
    ...images.map(({ Id }) => Id),
  ]
}

/** Waits until the engine has nothing of an environment. */
export function leavesNothing(environment: string, what = 'nothing of it is on the engine'): Promise<void> {
  return until(async () => (await onEngine(environment)).length === 0, what)
}
