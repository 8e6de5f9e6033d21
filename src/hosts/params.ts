import { z } from 'zod'
import { QaackError } from '../errors.ts'

/** An access token: it goes to git line by line, and into a header. `host` is its name for people. */
export function tokenParam(host: string) {
  return z
    .string()
    .max(4096)
    .regex(/^[\x21-\x7e]+$/, `must be one word, as ${host} shows it`)
    .optional()
}

/** A name as people copy it from an address. */
export function withoutGit(name: unknown): unknown {
  return typeof name === 'string' ? name.replace(/\.git$/, '') : name
}

/** What is wrong with the params of a repository, with the field that it is about. `known`: those that people may give. */
export function wrongParams(error: z.ZodError, { type, known }: { type: string; known: string }): QaackError {
  const issue = error.issues[0]
  if (issue?.code === 'unrecognized_keys') {
    const key = issue.keys[0] ?? ''
    return new QaackError('invalid', `${key} is not a param of type ${type}; known: ${known}`, {
      path: `params.${key}`,
    })
  }
  const field = issue?.path.join('.') ?? ''
  return new QaackError('invalid', `${field}: ${issue?.message ?? 'wrong value'}`, {
    path: `params.${field}`,
  })
}
