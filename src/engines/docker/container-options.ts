import type { ContainerCreateOptions, MountSettings } from 'dockerode'
import type { Workload } from '../../workloads/workload.ts'
import type { ImageFacts } from '../engine.ts'
import type { Labels } from '../labels.ts'
import { secretsFolder } from './files.ts'

type OwnCommand = Pick<ImageFacts, 'entrypoint' | 'command'>

/**
 * A workload in the engine's words. What a container of ours never gets: privileges, mounts of the host, its network, its
 * devices, its engine's socket. Rights that official images need to change to their own user stay.
 *
 * `no-new-privileges` is left off on purpose: it breaks `sudo` and `su` in images whose user is not root, and whoever
 * writes the file may choose root anyway, so it keeps nobody out. What holds is the small set of rights.
 */
export function containerOptions(
  workload: Workload,
  labels: Labels,
  engine: { image: OwnCommand; hasInit: boolean; reach: 'address' | 'published' },
): ContainerCreateOptions {
  const { network, limits } = workload
  return {
    name: workload.name,
    Image: workload.image,
    ...commandOf(workload, engine.image),
    ...(workload.user === undefined ? {} : { User: workload.user }),
    ...(workload.workdir === undefined ? {} : { WorkingDir: workload.workdir }),
    Env: Object.entries(workload.variables).map(([name, value]) => `${name}=${value}`),
    Labels: { ...labels },
    // Readiness is ours to find out; the image's own check would only cost, every few seconds, for ever.
    Healthcheck: { Test: ['NONE'] },
    ExposedPorts: Object.fromEntries(workload.ports.map((port) => [`${port}/tcp`, {}])),
    HostConfig: {
      Init: engine.hasInit && wantsInit(workload, engine.image),
      Memory: limits.memoryBytes,
      MemorySwap: limits.memoryBytes,
      NanoCpus: Math.round(limits.cpus * 1e9),
      PidsLimit: limits.pids,
      ...(limits.shmBytes === undefined ? {} : { ShmSize: limits.shmBytes }),
      LogConfig: { Type: 'json-file', Config: { 'max-size': '10m', 'max-file': '3' } },
      // Raw packets have opened many a kernel, and device nodes are for hosts; nothing in a preview needs them.
      CapDrop: ['NET_RAW', 'MKNOD'],
      NetworkMode: network.name,
      Mounts: mayHaveSecrets(workload) ? [secretsMount(labels)] : [],
      ...(engine.reach === 'published' ? { PortBindings: bindings(workload.ports) } : {}),
    },
    NetworkingConfig: {
      EndpointsConfig: {
        [network.name]: { IPAMConfig: { IPv4Address: network.address }, Aliases: network.aliases },
      },
    },
  }
}

/** Files that come later are decided later: somebody may give the repository its first secret in between. */
function mayHaveSecrets({ files, filesLater }: Workload): boolean {
  return filesLater === true || files.some(({ secret }) => secret)
}

/** A volume without a name, which the engine takes away with its container. */
function secretsMount(labels: Labels): MountSettings {
  return {
    Type: 'volume',
    Source: '',
    Target: secretsFolder,
    VolumeOptions: { NoCopy: true, Labels: { ...labels }, DriverConfig: { Name: 'local', Options: {} } },
  }
}

/** The engine forgets the image's command when the entrypoint is replaced; a workload without one means the image's. */
function commandOf(
  { entrypoint, command }: Workload,
  image: OwnCommand,
): { Entrypoint?: string[]; Cmd?: string[] } {
  if (entrypoint === undefined) return command === undefined ? {} : { Cmd: command }
  return { Entrypoint: entrypoint, Cmd: command ?? image.command }
}

const ownInits = ['init', 'tini', 'dumb-init', 'docker-init', 'systemd', 's6-svscan']

/**
 * An image's own command gets the engine's init before it, which forwards signals and buries the dead. Who brings
 * another first process, we or the image, must be the first: some refuse to work otherwise.
 */
function wantsInit(workload: Workload, image: OwnCommand): boolean {
  if (workload.entrypoint !== undefined) return false
  const [program = ''] = [...image.entrypoint, ...(workload.command ?? image.command)]
  return !ownInits.includes(program.split('/').at(-1) ?? '')
}

/** Port 0 = a free one of the engine's choice. */
function bindings(ports: number[]): Record<string, { HostIp: string; HostPort: string }[]> {
  return Object.fromEntries(ports.map((port) => [`${port}/tcp`, [{ HostIp: '127.0.0.1', HostPort: '0' }]]))
}
