import type { VariableValue } from './qaackfile.ts'
import type { RawFile } from './schema/file-schema.ts'
import { childOf, type Tree } from './yaml/tree.ts'

type RawVariables = NonNullable<RawFile['variables']>

/** Variables in their long form. Numbers and booleans become what is written: the version 1.10 stays `1.10`. */
export function toVariables(
  raw: RawVariables | undefined,
  tree: Tree | undefined,
): Record<string, VariableValue> {
  const entries = Object.entries(raw ?? {}).map(([name, value]): [string, VariableValue] => {
    const part = childOf(tree, name)
    if (typeof value !== 'object') return [name, { value: written(value, part), visibility: 'always' }]
    return [
      name,
      { value: written(value.value, childOf(part, 'value')), visibility: value.visibility ?? 'always' },
    ]
  })
  return Object.fromEntries(entries)
}

function written(value: string | number | boolean, part: Tree | undefined): string {
  return part?.kind === 'scalar' ? part.text : String(value)
}
