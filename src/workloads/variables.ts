import type { Service, VariableValue } from '../qaackfile/qaackfile.ts'
import type { EnvironmentFacts } from './facts.ts'
import { predefinedVariables } from './predefined.ts'

export interface Variables {
  /** What the main process sees. */
  runtime: Record<string, string>
  /** What a build step sees: that, and what is for building only. */
  buildtime: Record<string, string>
}

/**
 * The variables of a service. Of several with one name the first of service, file, repository and group decides both the
 * value and when it is seen; what Qaack sets itself outranks all.
 */
export function variablesFor(service: Service, facts: EnvironmentFacts & { serviceId: string }): Variables {
  const { custom, qaackfile } = facts
  const given = new Map<string, VariableValue>()
  for (const layer of [custom.group, custom.repository, qaackfile.variables, service.variables]) {
    for (const [name, value] of Object.entries(layer)) given.set(name, value)
  }
  const always = [...given].filter(([, { visibility }]) => visibility === 'always')
  const predefined = predefinedVariables(service, facts)
  return { runtime: { ...texts(always), ...predefined }, buildtime: { ...texts([...given]), ...predefined } }
}

function texts(variables: [string, VariableValue][]): Record<string, string> {
  return Object.fromEntries(variables.map(([name, { value }]) => [name, value]))
}
