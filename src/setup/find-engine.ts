import { setTimeout as sleep } from 'node:timers/promises'
import type Docker from 'dockerode'
import { addressesOf, clientFor } from '../engines/docker/connect.ts'
import { messageOf } from '../errors.ts'

/** A Docker engine that answered. */
export interface FoundEngine {
  /** As `DOCKER_HOST` takes it, e.g. `unix:///var/run/docker.sock`. */
  host: string
  /** For people, e.g. `Docker 28.2.2`. */
  name: string
  docker: Docker
}

export interface Silence {
  host: string
  /** Why nothing answers there, as the system says it. */
  reason: string
  /** There is an engine, but this user may not talk to it. */
  forbidden: boolean
}

/**
 * The engine that answers: at `DOCKER_HOST` if that is set, and then nowhere else; else at the usual sockets of a
 * system's own engine, a rootless one, Docker Desktop and Colima. Without one: what was tried, and why it failed.
 */
export async function findEngine(): Promise<FoundEngine | Silence[]> {
  const { DOCKER_HOST: dockerHost, XDG_RUNTIME_DIR: runtimeDir } = process.env
  const silences: Silence[] = []
  for (const host of addressesOf({
    ...(dockerHost ? { dockerHost } : {}),
    ...(runtimeDir ? { runtimeDir } : {}),
  })) {
    const answer = await ask(host)
    if ('docker' in answer) return answer
    silences.push(answer)
  }
  return silences
}

async function ask(host: string): Promise<FoundEngine | Silence> {
  try {
    const docker = clientFor(host, process.env.DOCKER_CERT_PATH)
    const { Version } = await Promise.race([docker.version(), silence()])
    return { host, name: `Docker ${Version}`, docker }
  } catch (error) {
    const forbidden = ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')
    return { host, reason: messageOf(error), forbidden }
  }
}

async function silence(): Promise<never> {
  await sleep(5_000, undefined, { ref: false })
  throw new Error('no answer in 5 s')
}
