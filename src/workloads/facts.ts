import type { BaseUrl, Config } from '../config/config.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import type { Qaackfile, TemplateData, VariableValue } from '../qaackfile/qaackfile.ts'
import type { GroupRecord, Ref, RepositoryRecord, RepositorySettings } from '../repositories/repository.ts'
import type { Limits, WorkloadFile } from './workload.ts'

/** A variable of the settings. With `content` it is a file: `value` is its path, and that is what it holds. */
export interface CustomVariable extends VariableValue {
  content?: string
}

/** What variables and workloads of an environment's services are made from. Times in ms since 1970. */
export interface EnvironmentFacts {
  qaackfile: Pick<Qaackfile, 'variables' | 'services' | 'aliases'>
  environment: {
    id: string
    /** The readable name; the id for one without. */
    name: string
    ref: Ref
    /** The name that git has for its ref at the host, e.g. `refs/heads/main`. */
    gitRef: string
    createdAt: number
    /** Minutes; 0 = none. */
    ttl: number
  }
  change: TemplateData['Environment']['Change'] | null
  repository: { id: string; name: string; type: string; url: string }
  group: { id: string; name: string }
  /** Variables kept in the settings, opened. */
  custom: { repository: Record<string, CustomVariable>; group: Record<string, CustomVariable> }
  base: BaseUrl
  /** Files that every service has, such as the repository's SSH key. */
  files: WorkloadFile[]
  /** Limits of a service whose file says nothing else. */
  limits: Limits
  /** A soft rebuild recreates the services these facts are for. */
  softRebuild: boolean
}

/** Gathers the facts from the records. `custom` is empty if absent. */
export function environmentFacts(
  settings: { config: Pick<Config, 'baseUrl' | 'service'> },
  made: {
    environment: EnvironmentRecord
    repository: RepositoryRecord
    group: GroupRecord
    qaackfile: Qaackfile
    data: TemplateData
    gitRef: string
    custom?: EnvironmentFacts['custom']
    files?: WorkloadFile[]
    softRebuild?: boolean
  },
): EnvironmentFacts {
  const { environment, repository, group, qaackfile, data } = made
  return {
    qaackfile,
    environment: {
      id: environment.id,
      name: data.Environment.Name,
      ref: { ...environment.ref, hash: data.Environment.Ref.Hash },
      gitRef: made.gitRef,
      createdAt: environment.createdAt ?? Date.parse(data.Environment.CreatedAt),
      ttl: environment.ttl,
    },
    change: data.Environment.Change ?? null,
    repository: { id: repository.id, name: repository.name, type: repository.type, url: data.Repository.Url },
    group: { id: group.id, name: group.name },
    custom: made.custom ?? { repository: {}, group: {} },
    base: settings.config.baseUrl,
    files: made.files ?? [],
    limits: limitsOf(repository.settings.limits, settings.config.service),
    softRebuild: made.softRebuild ?? false,
  }
}

/** What the repository says, and where it says nothing what the server does. */
function limitsOf({ memory, cpus, pids }: RepositorySettings['limits'], server: Limits): Limits {
  return {
    ...server,
    memoryBytes: memory || server.memoryBytes,
    cpus: cpus || server.cpus,
    pids: pids || server.pids,
  }
}
