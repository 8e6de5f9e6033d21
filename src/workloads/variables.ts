import type { Service, VariableValue } from '../qaackfile/qaackfile.ts'
import type { CustomVariable, EnvironmentFacts } from './facts.ts'
import { predefinedVariables } from './predefined.ts'
import type { WorkloadFile } from './workload.ts'

export interface Variables {
  /** What the main process sees. */
  runtime: Record<string, string>
  /** What a build step sees: that, and what is for building only. */
  buildtime: Record<string, string>
  /** Those of them that are files; they are in the container also where only a build step sees where. */
  files: WorkloadFile[]
}

/**
 * The variables of a service. Of several with one name the first of service, file, repository and group decides both the
 * value and when it is seen; what Qaack sets itself outranks all.
 */
export function variablesFor(service: Service, facts: EnvironmentFacts & { serviceId: string }): Variables {
  const { custom, qaackfile } = facts
  const given = new Map<string, CustomVariable>()
  for (const layer of [custom.group, custom.repository, qaackfile.variables, service.variables]) {
    for (const [name, value] of Object.entries(layer)) {
      // To the end: of two files at one path that of the higher layer is there.
      given.delete(name)
      given.set(name, value)
    }
  }
  const always = [...given].filter(([, { visibility }]) => visibility === 'always')
  const predefined = predefinedVariables(service, facts)
  return {
    runtime: { ...texts(always), ...predefined },
    buildtime: { ...texts([...given]), ...predefined },
    files: filesOf([...given.values()], service.user),
  }
}

/** A service that runs as somebody else than root could not read what only root may read. */
function filesOf(variables: CustomVariable[], user: string | null): WorkloadFile[] {
  const mode = user === null || /^(root|0)(:|$)/.test(user) ? 0o600 : 0o644
  const byPath = new Map<string, WorkloadFile>()
  for (const { value: path, content } of variables)
    if (content !== undefined) byPath.set(path, { path, content, mode, secret: true })
  return [...byPath.values()]
}

function texts(variables: [string, VariableValue][]): Record<string, string> {
  return Object.fromEntries(variables.map(([name, { value }]) => [name, value]))
}
