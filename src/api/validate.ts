import type { FastifySchemaCompiler } from 'fastify'
import { z } from 'zod'
import { QaackError } from '../errors.ts'
import { nearest } from '../qaackfile/nearest.ts'

/** Most faults of one request that are told at once. */
const mostFaults = 20

/** Checks a part of a request with its schema; all that is wrong becomes one error that names every field. */
export const validatorCompiler: FastifySchemaCompiler<z.ZodType> =
  ({ schema, httpPart }) =>
  (data: unknown) => {
    const result = schema.safeParse(data, { error: wordingOf })
    return result.success
      ? { value: result.data }
      : { error: faultOf(result.error.issues, httpPart ?? 'body') }
  }

function faultOf(issues: z.core.$ZodIssue[], part: string): QaackError {
  const faults = issues.slice(0, mostFaults).map((issue) => {
    const path = issue.path.map(String)
    const where = path.map(short).join('.') || subjects[part] || part
    const wrong = issue.code === 'unrecognized_keys' ? [...path, ...issue.keys.slice(0, 1)] : path
    return { path: wrong.map(short).join('.'), text: `${where} ${issue.message}` }
  })
  const left = issues.length > mostFaults ? `; and ${issues.length - mostFaults} more` : ''
  return new QaackError('invalid', faults.map(({ text }) => text).join('; ') + left, {
    path: faults[0]?.path ?? '',
  })
}

const subjects: Record<string, string> = { body: 'the body', querystring: 'the query', params: 'the path' }

/** What is wrong with a field, to be read behind its name; undefined leaves it to the schema library. */
function wordingOf(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${kinds[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `must be ${issue.values.map(String).join(' or ')}`
    case 'too_small':
      return issue.origin === 'string' && issue.minimum === 1
        ? 'must not be empty'
        : `must be at least ${issue.minimum}${units[issue.origin] ?? ''}`
    case 'too_big':
      return `must be at most ${issue.maximum}${units[issue.origin] ?? ''}`
    case 'unrecognized_keys':
      return issue.keys
        .slice(0, mostFaults)
        .map((key) => unknownField(key, fieldsOf(issue.inst)))
        .join('; ')
    default:
      return undefined
  }
}

const kinds: Record<string, string> = {
  object: 'a JSON object',
  array: 'a list',
  string: 'text',
  boolean: 'true or false',
  number: 'a number',
  int: 'a whole number',
  record: 'a JSON object',
}

const units: Record<string, string> = { string: ' characters long', array: ' entries long' }

function unknownField(name: string, known: string[]): string {
  const meant = nearest(name, known)
  const hint = meant === undefined ? `known: ${known.join(', ') || 'none'}` : `did you mean ${meant}?`
  return `has no field ${short(name)}; ${hint}`
}

function fieldsOf(schema: unknown): string[] {
  return schema instanceof z.ZodObject ? Object.keys(schema.shape) : []
}

/** Names come from outside: an endless one need not come back whole. */
function short(name: string): string {
  return name.length > 60 ? `${name.slice(0, 60)}…` : name
}
