import { engineName } from '../engines/labels.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import type { EnvironmentFacts } from './facts.ts'
import { supervisedBy } from './supervisor.ts'
import { variablesFor } from './variables.ts'
import type { Limits, PutFiles, Workload } from './workload.ts'

export interface ServiceFacts extends EnvironmentFacts {
  serviceId: string
  generation: number
  /** What `prepare` told of the image. */
  image: { workdir: string }
  /** Reference to run instead of the service's own, e.g. of a reusable. */
  imageReference?: string
  network: { name: string; address: string }
  /** Its files come with its code. */
  filesLater?: boolean
}

/** The container of a service. With `start`, the supervisor is its main process and the image's entrypoint is out. */
export function workloadFromService(service: Service, facts: ServiceFacts): Workload {
  const { environment, generation, network } = facts
  const name = engineName(environment.id, generation, service.name)
  const supervised = supervisorOf(service, facts)
  const entrypoint = supervised?.entrypoint ?? service.entrypoint
  const variables = variablesFor(service, facts)
  return {
    name,
    image: facts.imageReference ?? service.image,
    ...(entrypoint ? { entrypoint } : {}),
    ...(supervised ? { command: supervised.command } : {}),
    ...(service.user === null ? {} : { user: service.user }),
    ...(needsWorkdir(service) ? { workdir: workdirFor(service, facts.image.workdir) } : {}),
    variables: variables.runtime,
    network: { ...network, aliases: [service.name] },
    ports: portsOf(service),
    limits: limitsOf(service, facts.limits),
    ...filesOf(service, facts),
    ...(facts.filesLater ? { filesLater: true } : {}),
  }
}

/** What is in its container and not of its image. */
export function filesOf(
  service: Service,
  facts: EnvironmentFacts & Pick<ServiceFacts, 'serviceId' | 'generation'>,
): PutFiles {
  const supervised = supervisorOf(service, facts)
  return {
    // No volumes of the engine's: what is in them is to be saved with everything else.
    directories: service.volumes.map(({ mount }) => mount),
    files: [...(supervised?.files ?? []), ...facts.files, ...variablesFor(service, facts).files],
  }
}

function supervisorOf(
  { shell, start }: Service,
  { serviceId, generation }: Pick<ServiceFacts, 'serviceId' | 'generation'>,
) {
  return start === null ? null : supervisedBy(shell, start, `${serviceId}-${generation}`)
}

/** What the proxy or a look at the service's readiness may want. */
function portsOf({ port, ready }: Service): number[] {
  const probed = ready?.kind === 'http' || ready?.kind === 'tcp' ? ready.port : null
  return [...new Set([port, probed].filter((one) => one !== null))]
}

/** Where the code goes and commands run: `path`, else the image's working directory, `/app` if that is `/`. */
export function workdirFor(service: Pick<Service, 'path'>, imageWorkdir: string): string {
  if (service.path !== null) return service.path
  return imageWorkdir === '' || imageWorkdir === '/' ? '/app' : imageWorkdir
}

/** A service that only runs its image's own command keeps the image's working directory, also where that is `/`. */
function needsWorkdir(service: Service): boolean {
  return (
    service.path !== null || service.start !== null || service.checkout !== null || service.steps.length > 0
  )
}

function limitsOf({ resources }: Service, given: Limits): Limits {
  const shmBytes = resources.shmBytes ?? given.shmBytes
  return {
    memoryBytes: resources.memoryBytes ?? given.memoryBytes,
    cpus: resources.cpus ?? given.cpus,
    pids: resources.pids ?? given.pids,
    ...(shmBytes === undefined ? {} : { shmBytes }),
  }
}
