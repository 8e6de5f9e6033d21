import type { Parts } from '../parts.ts'
import { open } from '../secrets.ts'
import type { VariableRecord } from '../stores/store.ts'
import { variablesOf } from '../variables/keep.ts'
import { filePath, testsNpmrc } from '../variables/wish.ts'
import type { CustomVariable, EnvironmentFacts } from '../workloads/facts.ts'

export interface CustomVariables {
  custom: EnvironmentFacts['custom']
  /** Of what is left out, and why; sentences for the build's log. */
  leftOut: string[]
}

/**
 * The variables that are kept in the settings of a repository and its group, opened. Code that is not trusted gets none of
 * them: whatever it sees it can send anywhere.
 */
export async function customVariables(
  parts: Pick<Parts, 'store' | 'secretKey'>,
  owner: { repositoryId: string; groupId: string },
  trusted: boolean,
): Promise<CustomVariables> {
  const [repository, group] = await Promise.all([
    variablesOf(parts, owner.repositoryId),
    variablesOf(parts, owner.groupId),
  ])
  if (!trusted) {
    const why = 'variables of the repository and group are withheld: the code comes from a fork'
    const leftOut = repository.length + group.length > 0 ? [why] : []
    return { custom: { repository: {}, group: {} }, leftOut }
  }
  const custom = { repository: opened(parts.secretKey, repository), group: opened(parts.secretKey, group) }
  return { custom, leftOut: [] }
}

function opened(secretKey: string, variables: VariableRecord[]): Record<string, CustomVariable> {
  return Object.fromEntries(
    // That one is for the tests, not for the services.
    variables.filter(({ name }) => name !== testsNpmrc).map((one) => [one.name, customOf(secretKey, one)]),
  )
}

/** A file's variable tells where it is. */
function customOf(secretKey: string, variable: VariableRecord): CustomVariable {
  const { visibility, type } = variable
  const value = open(secretKey, variable.value)
  if (type !== 'file') return { value, visibility }
  return { value: filePath(variable), visibility, content: value }
}
