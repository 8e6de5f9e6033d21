import type { ContainerInspectInfo } from 'dockerode'
import type { ContainerState } from '../engine.ts'
import type { Connection } from './connection.ts'
import { statusOf } from './errors.ts'

/** Bytes of what it wrote; undefined if it is not there. */
export async function sizeOf(connection: Connection, id: string): Promise<number | undefined> {
  const found = await connection.call('measure a container', (docker, abortSignal) => {
    const options: { size: boolean; abortSignal: AbortSignal } = { size: true, abortSignal }
    return docker
      .getContainer(id)
      .inspect(options)
      .catch((error: unknown) => {
        if (statusOf(error) === 404) return undefined
        throw error
      })
  })
  // One that wrote nothing is told of without a number.
  return found && ((found as { SizeRw?: number }).SizeRw ?? 0)
}

export async function inspect(
  connection: Connection,
  id: string,
  known: { reach: 'address' | 'published'; outOfMemory: boolean },
): Promise<ContainerState | undefined> {
  const found = await connection.call('look at a container', (docker) =>
    docker
      .getContainer(id)
      .inspect()
      .catch((error: unknown) => {
        if (statusOf(error) === 404) return undefined
        throw error
      }),
  )
  return found && stateOf(found, known)
}

function stateOf(
  { State, NetworkSettings, RestartCount }: ContainerInspectInfo,
  known: { reach: 'address' | 'published'; outOfMemory: boolean },
): ContainerState {
  const network = Object.values(NetworkSettings.Networks)[0]
  const own = network?.IPAMConfig as { IPv4Address?: string } | null | undefined
  const startedAt = Date.parse(State.StartedAt)
  return {
    running: State.Running,
    exitCode: State.Running ? 0 : State.ExitCode,
    // Of a container that runs, the engine only knows how it ended the last time.
    outOfMemory: known.outOfMemory || (State.OOMKilled && !State.Running),
    // Never started is the year 1.
    startedAt: startedAt > 0 ? startedAt : 0,
    restarts: RestartCount,
    address: known.reach === 'published' ? '127.0.0.1' : network?.IPAddress || own?.IPv4Address || '',
    publishedPorts: known.reach === 'published' ? publishedPorts(NetworkSettings.Ports) : {},
  }
}

function publishedPorts(
  ports: ContainerInspectInfo['NetworkSettings']['Ports'] | null,
): Record<number, number> {
  const pairs = Object.entries(ports ?? {}).flatMap(([inside, outside]) => {
    const published = outside?.[0]?.HostPort
    return published === undefined ? [] : [[parseInt(inside, 10), Number(published)] as const]
  })
  return Object.fromEntries(pairs)
}
