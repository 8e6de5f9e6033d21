import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'
import {
  readDescription,
  type Description,
  type Operation,
  type Parameter,
  type Schema,
} from './description.ts'

/** A request to GitLab's API as it went out, and what came back if that is known. */
export interface GitlabRequest {
  method: string
  /** Below /api/v4, as it went over the wire (with `%2F`), without the query. */
  path: string
  /** As in an address, with or without `?`. */
  query: string
  /** Parsed; undefined if there was none. */
  body?: unknown
  /** 0 or undefined: nothing came back that is known. */
  status?: number
  /** Parsed; undefined if it was not kept. */
  answer?: unknown
}

/**
 * What is wrong with a request by GitLab's API as far as it is described here: one sentence for each fault, none if it is
 * right. GitLab takes no notice of names it does not know; here they are faults. What was answered is checked as well, so
 * that a double that answers keeps to the same description.
 */
export function faultsOf(request: GitlabRequest): string[] {
  const { operations } = described()
  const method = request.method.toLowerCase()
  const templates = templatesFor(operations, request.path)
  const template = templates.find((one) => operations[one]?.[method])
  const operation = template === undefined ? undefined : operations[template]?.[method]
  if (template === undefined || !operation) return [missing(request, templates)]
  return [
    ...parameterFaults(operation, template, request),
    ...bodyFaults(operation, request),
    ...answerFaults(operation, request),
  ].map((fault) => `${request.method} ${template}: ${fault}`)
}

let known: Description | undefined

function described(): Description {
  known ??= readDescription()
  return known
}

function missing(request: GitlabRequest, templates: string[]): string {
  const other = templates.length > 0 ? ', though the path is there for other methods' : ''
  return `the description of GitLab's API has no ${request.method} ${request.path}${other}`
}

/** Fitting templates, those with more literal parts first. */
function templatesFor(operations: Description['operations'], path: string): string[] {
  const literal = (template: string) => template.split('/').filter((part) => !part.includes('{')).length
  return Object.keys(operations)
    .filter((template) => expressionOf(template).test(path))
    .sort((one, other) => literal(other) - literal(one))
}

function expressionOf(template: string): RegExp {
  return new RegExp(`^${template.replace(/\{(\w+)\}/g, '(?<$1>[^/]+)')}$`)
}

function parameterFaults(operation: Operation, template: string, request: GitlabRequest): string[] {
  const inPath = expressionOf(template).exec(request.path)?.groups ?? {}
  const query = new URLSearchParams(request.query)
  const names = operation.parameters.filter((one) => one.in === 'query').map((one) => one.name)
  const unknown = [...new Set(query.keys())].filter((key) => !names.includes(key) && !inBody(operation, key))
  return [
    ...unknown.map((key) => `there is no query parameter ${key}`),
    ...operation.parameters.flatMap((one) => {
      const given = one.in === 'path' ? pathValue(inPath[one.name]) : query.getAll(one.name)
      if (given.length === 0) return one.required ? [`the ${one.in} parameter ${one.name} is missing`] : []
      return valueFaults(one, given)
    }),
  ]
}

/** GitLab takes what belongs in a body from the query as well. */
function inBody({ body }: Operation, key: string): boolean {
  return body !== undefined && Object.hasOwn(resolvedSchema(body).properties ?? {}, key)
}

function pathValue(text: string | undefined): string[] {
  return text === undefined ? [] : [decodeURIComponent(text)]
}

function valueFaults(parameter: Parameter, given: string[]): string[] {
  const name = `${parameter.in} parameter ${parameter.name}`
  const isList = parameter.name.endsWith('[]')
  if (given.length > 1 && !isList) return [`${name} is given ${given.length} times`]
  const data = { value: isList ? given : given[0] }
  const validate = validatorOf(parameter.schema, 'value')
  if (validate(data)) return []
  return (validate.errors ?? []).map((error) => `${name} ${sentenceOf(error, '')}`)
}

function bodyFaults(operation: Operation, request: GitlabRequest): string[] {
  const isEmpty = request.body === undefined || request.body === null || isBare(request.body)
  if (!operation.body) return isEmpty ? [] : ['no body is expected']
  const moved = [...new URLSearchParams(request.query)].filter(([key]) => inBody(operation, key))
  if (isEmpty && moved.length === 0) return operation.bodyRequired ? ['the body is missing'] : []
  const fromQuery = Object.fromEntries(moved)
  const body = isEmpty
    ? fromQuery
    : typeof request.body === 'object'
      ? { ...fromQuery, ...request.body }
      : request.body
  const validate = validatorOf(operation.body, moved.length > 0 ? 'loose' : 'strict')
  if (validate(structuredClone(body))) return []
  return (validate.errors ?? []).map((error) => `body${error.instancePath} ${sentenceOf(error, 'key')}`)
}

function isBare(body: unknown): boolean {
  return body === '' || JSON.stringify(body) === '{}'
}

function answerFaults(operation: Operation, { status, answer }: GitlabRequest): string[] {
  // what stands before GitLab answers those, in words of its own
  if (!status || status === 429 || status >= 500) return []
  const expected = operation.answers[status]
  if (status < 400 && !expected) return [`the description knows no answer ${status}`]
  if (answer === undefined) return []
  const schema = expected ? expected.content?.['application/json'].schema : described().refusal
  if (!schema) return answer === null || answer === '' ? [] : [`an answer ${status} is empty`]
  const validate = validatorOf(schema, 'strict')
  if (validate(answer)) return []
  return (validate.errors ?? []).map(
    (error) => `answer ${status}${error.instancePath} ${sentenceOf(error, 'field')}`,
  )
}

type Manner = 'strict' | 'loose' | 'value'

const formats = {
  'date-time': /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/,
  uri: /^https?:\/\/[^\s/]+/,
}
const options = { strict: false, validateSchema: false, allErrors: true, formats } as const
const exact = new Ajv(options)
/** What comes from a path or a query is text. */
const lenient = new Ajv({ ...options, coerceTypes: true })
const validators: Record<Manner, WeakMap<Schema, ValidateFunction>> = {
  strict: new WeakMap(),
  loose: new WeakMap(),
  value: new WeakMap(),
}

/** `value`: it lies under that key of an object, since only there can be made of a text what it stands for. */
function validatorOf(schema: Schema, manner: Manner): ValidateFunction {
  const kept = validators[manner].get(schema)
  if (kept) return kept
  const { components } = described()
  const whole = manner === 'value' ? { type: 'object', properties: { value: schema } } : schema
  const validate = (manner === 'strict' ? exact : lenient).compile(
    '$ref' in whole ? { allOf: [whole], components } : { ...whole, components },
  )
  validators[manner].set(schema, validate)
  return validate
}

function resolvedSchema(schema: Schema): Schema {
  if (typeof schema.$ref !== 'string') return schema
  const name = schema.$ref.split('/').at(-1) ?? ''
  return resolvedSchema((described().components.schemas?.[name] ?? {}) as Schema)
}

function sentenceOf({ keyword, params, message = '' }: ErrorObject, what: string): string {
  const { additionalProperty, allowedValues } = params as Record<string, unknown>
  if (keyword === 'additionalProperties')
    return `has the ${what} ${String(additionalProperty)}, which GitLab has not`
  return allowedValues === undefined ? message : `${message}: ${JSON.stringify(allowedValues)}`
}
