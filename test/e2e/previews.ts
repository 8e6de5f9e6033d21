import { execFileSync } from 'node:child_process'
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

/** Waits until the environment is in one of the states, and returns it. */
export async function waitFor(
  server: ServerProcess,
  id: string,
  states: string[],
  seconds = 120,
): Promise<EnvironmentView> {
  let last: EnvironmentView | undefined
  await until(
    async () => {
      last = await show(server, id)
      return states.includes(last.status)
    },
    `environment ${id} is ${states.join(' or ')} (was ${last?.status}: ${last?.reason})`,
    seconds,
  ).catch(async (error: unknown) => {
    const log = await server.api<string>('GET', `/api/environment/${id}/log`).catch(() => '')
    const said = `its log:\n${log}\nthe server said:\n${server.output.slice(-8000)}`
    throw new Error(`${String(error)}; it is ${last?.status}: ${last?.reason}\n${said}`)
  })
  if (!last) throw new Error('never seen')
  return last
}

/** Names of all that the engine has with our label of one environment. */
export function onEngine(environment: string): string[] {
  const filter = `label=qaack.environment=${environment}`
  const list = (...words: string[]) =>
    execFileSync('docker', [...words, '--filter', filter], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean)
  return [
    ...list('ps', '-a', '--format', '{{.Names}}'),
    ...list('network', 'ls', '--format', '{{.Name}}'),
    ...list('volume', 'ls', '--format', '{{.Name}}'),
    ...list('images', '--format', '{{.ID}}'),
  ]
}
