import { z } from 'zod'
import type { Parts } from '../parts.ts'
import { open, opensWith } from '../secrets.ts'
import type { VariableRecord } from '../stores/store.ts'
import { variablesOf } from '../variables/keep.ts'
import { filePath } from '../variables/wish.ts'

/** A variable as it is answered: never what is in a secret or a file. */
export const variableView = z.object({
  name: z.string(),
  type: z.enum(['text', 'file', 'secret']),
  visibility: z.enum(['always', 'buildtime']),
  value: z.string().optional().describe('Only of type text, and only if the present secret_key opens it.'),
  path: z.string().optional().describe('Only of type file: where it is in the services.'),
})

export type VariableView = z.output<typeof variableView>

/** All of an owner, by name; also those that the present secret_key does not open, which have to be set or deleted. */
export async function viewVariables(
  parts: Pick<Parts, 'store' | 'secretKey'>,
  ownerId: string,
): Promise<VariableView[]> {
  const records = await variablesOf(parts, ownerId)
  return records.map((record) => {
    const isShown = record.type === 'text' && opensWith(parts.secretKey, record.value)
    return viewVariable(record, isShown ? open(parts.secretKey, record.value) : undefined)
  })
}

export function viewVariable(record: VariableRecord, value: string | undefined): VariableView {
  const { name, type, visibility } = record
  return {
    name,
    type,
    visibility,
    ...(type === 'text' && value !== undefined ? { value } : {}),
    ...(type === 'file' ? { path: filePath(record) } : {}),
  }
}
