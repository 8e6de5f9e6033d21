import { hostname, networkInterfaces } from 'node:os'
import { z } from 'zod'
import type { EngineInfo } from '../engine.ts'
import type { Connection } from './connection.ts'

/** What the engine is, as the rest of this folder needs it. */
export interface EngineFacts extends EngineInfo {
  /** It can put a process of its own before a container's main process, which forwards signals and buries the dead. */
  hasInit: boolean
  /** The engine's own time, RFC 3339. */
  now: string
}

export async function askEngine(connection: Connection): Promise<EngineFacts> {
  const [info, version, bridge, address] = await Promise.all([
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
  ])
  const reach = reachOf({ info, gateway: bridge?.IPAM.Config?.[0]?.Gateway, address, ...here() })
  return {
    name: `Docker ${version.Version} (API ${version.ApiVersion})`,
    reach,
    warnings: warningsOf(info, reach, address),
    memoryBytes: info.MemTotal,
    cpus: info.NCPU,
    hasInit:
      version.Components?.some(
        ({ Name, Version }) => Name === 'docker-init' && Version !== '' && Version !== 'N/A',
      ) ?? false,
    now: info.SystemTime,
  }
}

/**
 * Containers are reached by their addresses where this process stands on the engine's own side of their networks: the
 * gateway of the engine's first network is an address of ours. Neither Docker Desktop nor a rootless engine nor one on
 * another machine passes that; the name check is for another machine that happens to use the same address.
 */
export function reachOf(facts: {
  info: { Name: string; OperatingSystem: string; SecurityOptions?: string[] | null }
  gateway: string | undefined
  address: string
  ownAddresses: string[]
  ownName: string
}): 'address' | 'published' {
  const { info } = facts
  if (/docker desktop/i.test(info.OperatingSystem)) return 'published'
  if (info.SecurityOptions?.some((option) => option.includes('rootless'))) return 'published'
  if (!facts.address.startsWith('unix:') && info.Name !== facts.ownName) return 'published'
  return facts.gateway !== undefined && facts.ownAddresses.includes(facts.gateway) ? 'address' : 'published'
}

function here(): { ownAddresses: string[]; ownName: string } {
  const ownAddresses = Object.values(networkInterfaces()).flatMap(
    (list) => list?.map(({ address }) => address) ?? [],
  )
  return { ownAddresses, ownName: hostname() }
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

const Bridge = z.object({
  IPAM: z.object({ Config: z.array(z.object({ Gateway: z.string().optional() })).nullish() }),
})
