import { existsSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import Docker from 'dockerode'
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
  const silences: Silence[] = []
  for (const host of candidates()) {
    const answer = await ask(host)
    if ('docker' in answer) return answer
    silences.push(answer)
  }
  return silences
}

function candidates(): string[] {
  if (process.env.DOCKER_HOST) return [process.env.DOCKER_HOST]
  const home = homedir()
  const runtime = process.env.XDG_RUNTIME_DIR ?? `/run/user/${process.getuid?.() ?? 0}`
  return [
    '/var/run/docker.sock',
    path.join(runtime, 'docker.sock'),
    path.join(home, '.docker/run/docker.sock'),
    path.join(home, '.docker/desktop/docker.sock'),
    path.join(home, '.colima/default/docker.sock'),
  ]
    .filter((socket) => existsSync(socket))
    .map((socket) => `unix://${socket}`)
}

async function ask(host: string): Promise<FoundEngine | Silence> {
  try {
    const docker = connect(host)
    const silent = sleep(5_000, undefined, { ref: false }).then(() =>
      Promise.reject(new Error('no answer in 5 s')),
    )
    const { Version } = await Promise.race([docker.version(), silent])
    return { host, name: `Docker ${Version}`, docker }
  } catch (error) {
    const forbidden = ['EACCES', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')
    return { host, reason: messageOf(error), forbidden }
  }
}

function connect(host: string): Docker {
  // dockerode reads DOCKER_HOST with its companions for TLS by itself
  return host === process.env.DOCKER_HOST
    ? new Docker()
    : new Docker({ socketPath: host.slice('unix://'.length) })
}
