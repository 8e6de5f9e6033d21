import type { Parts } from '../parts.ts'
import type { VariableValue } from '../qaackfile/qaackfile.ts'
import { open } from '../secrets.ts'
import type { VariableRecord } from '../stores/store.ts'
import type { EnvironmentFacts } from '../workloads/facts.ts'

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
    parts.store.list('variable', { ownerId: owner.repositoryId }),
    parts.store.list('variable', { ownerId: owner.groupId }),
  ])
  const all = [...repository, ...group]
  if (!trusted) {
    const why = 'variables of the repository and group are withheld: the code comes from a fork'
    return { custom: { repository: {}, group: {} }, leftOut: all.length > 0 ? [why] : [] }
  }
  return {
    custom: { repository: opened(parts.secretKey, repository), group: opened(parts.secretKey, group) },
    leftOut: all
      .filter(({ type }) => type === 'file')
      .map(
        ({ name, owner: { kind } }) =>
          `variable ${name} of the ${kind} is a file; files are not put into services yet, so it is left out`,
      ),
  }
}

function opened(secretKey: string, variables: VariableRecord[]): Record<string, VariableValue> {
  return Object.fromEntries(
    variables
      .filter(({ type }) => type !== 'file')
      .map(({ name, value, visibility }) => [name, { value: open(secretKey, value), visibility }]),
  )
}
