import { existsSync, readdirSync } from 'node:fs'
import { hostname, networkInterfaces } from 'node:os'
import { z } from 'zod'
import type { EngineInfo } from '../engine.ts'
import type { Connection } from './connection.ts'
import { findOwnContainer } from './own-container.ts'

/** What the engine is, as the rest of this folder needs it. */
export interface EngineFacts extends EngineInfo {
  /** It can put a process of its own before a container's main process, which forwards signals and buries the dead. */
  hasInit: boolean
  /** The container that this process runs in, where that has to join the networks of the previews. */
  ownContainer: string | undefined
  /** The engine's own time, seconds since 1970 as its events take it. */
  now: string
}

export async function askEngine(connection: Connection): Promise<EngineFacts> {
  const [info, version, bridge, address, ownContainer] = await Promise.all([
    connection
      .call('say what it is', (docker, abortSignal) => docker.info({ abortSignal }))
      .then((answer) => Info.parse(answer)),
    connection.call('say what it is', (docker) => docker.version()).then((answer) => Version.parse(answer)),
    connection
      .call('show its own network', (docker) => docker.getNetwork('bridge').inspect())
      .then(
        (answer) => Bridge.parse(answer),
        () => undefined,
      ),
    connection.address(),
    findOwnContainer(connection),
  ])
  const gateway = bridge?.IPAM.Config?.[0]?.Gateway
  const seen = reachOf({ info, gateway, bridge: bridge?.Options?.[bridgeName], address, ...here() })
  const reach = ownContainer === undefined ? seen : 'address'
  return {
    name: `Docker ${version.Version} (API ${version.ApiVersion})`,
    reach,
    ownContainer,
    warnings: warningsOf(info, reach, address),
    memoryBytes: info.MemTotal,
    cpus: info.NCPU,
    hasInit:
      version.Components?.some(
        ({ Name, Version }) => Name === 'docker-init' && Version !== '' && Version !== 'N/A',
      ) ?? false,
    now: secondsOf(info.SystemTime),
  }
}

/**
 * Containers are reached by their addresses where this process stands on the engine's own side of their networks: the
 * bridge of the engine's first network is an interface of ours, or its gateway an address of ours. (Both are asked, since
 * Node does not list the addresses of a bridge that no container is on.) Neither Docker Desktop nor a rootless engine nor one on
 * another machine passes that; the name check is for another machine that happens to use the same address.
 */
export function reachOf(facts: {
  info: { Name: string; OperatingSystem: string; SecurityOptions?: string[] | null }
  gateway: string | undefined
  bridge: string | undefined
  address: string
  ownAddresses: string[]
  ownInterfaces: string[]
  ownName: string
}): 'address' | 'published' {
  const { info } = facts
  if (/docker desktop/i.test(info.OperatingSystem)) return 'published'
  if (info.SecurityOptions?.some((option) => option.includes('rootless'))) return 'published'
  if (!facts.address.startsWith('unix:') && info.Name !== facts.ownName) return 'published'
  if (facts.gateway !== undefined && facts.ownAddresses.includes(facts.gateway)) return 'address'
  return facts.bridge !== undefined && facts.ownInterfaces.includes(facts.bridge) ? 'address' : 'published'
}

/** `2026-11-21T03:36:35.577342365Z` -> `1795232195.577342365`; a `Date` would lose the last six digits. */
function secondsOf(time: string): string {
  const seconds = Math.floor(Date.parse(time) / 1000)
  return `${seconds}.${(/\.(\d{1,9})/.exec(time)?.[1] ?? '').padEnd(9, '0')}`
}

function here(): { ownAddresses: string[]; ownInterfaces: string[]; ownName: string } {
  const ownAddresses = Object.values(networkInterfaces()).flatMap(
    (list) => list?.map(({ address }) => address) ?? [],
  )
  const folder = '/sys/class/net'
  return { ownAddresses, ownInterfaces: existsSync(folder) ? readdirSync(folder) : [], ownName: hostname() }
}

function warningsOf(info: z.infer<typeof Info>, reach: string, address: string): string[] {
  const warnings: string[] = []
  if (!info.MemoryLimit) warnings.push('limits of memory are not enforced: one preview can take all of it')
  if (info.MemoryLimit && !info.SwapLimit)
    warnings.push('limits of memory do not cover swap: a preview may swap instead of ending')
  if (!info.CpuCfsQuota) warnings.push('limits of cpus are not enforced')
  if (!info.PidsLimit)
    warnings.push('limits of processes are not enforced: a fork bomb in a preview stops the machine')
  if (reach === 'published' && !address.startsWith('unix:')) {
    warnings.push(
      `the engine is on another machine (${address}): previews are published on its loopback, where this process cannot reach them`,
    )
  }
  return warnings
}

const Info = z.object({
  Name: z.string(),
  OperatingSystem: z.string().default(''),
  SecurityOptions: z.array(z.string()).nullish(),
  SystemTime: z.string(),
  MemTotal: z.number(),
  NCPU: z.number(),
  MemoryLimit: z.boolean().default(true),
  SwapLimit: z.boolean().default(true),
  CpuCfsQuota: z.boolean().default(true),
  PidsLimit: z.boolean().default(true),
})

const Version = z.object({
  Version: z.string(),
  ApiVersion: z.string(),
  Components: z.array(z.object({ Name: z.string(), Version: z.string() })).nullish(),
})

/** Where the engine tells the name of a network's interface. */
const bridgeName = 'com.docker.network.bridge.name'

const Bridge = z.object({
  Options: z.record(z.string(), z.string()).nullish(),
  IPAM: z.object({ Config: z.array(z.object({ Gateway: z.string().optional() })).nullish() }),
})
