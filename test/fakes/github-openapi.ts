import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv'

/** A request to GitHub's API as it went out: `path` without prefix and query, `query` as in an address. */
export interface GithubRequest {
  method: string
  path: string
  query: string
  body: unknown
}

interface Parameter {
  $ref?: string
  name: string
  in: string
  required?: boolean
  schema: object
}

interface Operation {
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, { schema: object }> }
}

interface Description {
  paths: Record<string, Record<string, Operation>>
  components: { parameters: Record<string, Parameter> }
}

const name = 'github'
let loaded: { description: Description; ajv: Ajv; loose: Ajv } | undefined

/**
 * What is wrong with a request by GitHub's published OpenAPI description: one sentence for each fault, none if it is
 * right. A key at the top of a body that the description does not know is a fault too: GitHub would ignore it silently.
 */
export function faultsOf(request: GithubRequest): string[] {
  const { description } = load()
  const method = request.method.toLowerCase()
  const templates = templatesFor(description, request.path)
  const template = templates.find((one) => description.paths[one]?.[method])
  const operation = template === undefined ? undefined : description.paths[template]?.[method]
  if (template === undefined || !operation) return [missing(request, templates)]
  const place = `${request.method} ${template}`
  return [
    ...parameterFaults(description, operation, template, request),
    ...bodyFaults(operation, template, method, request.body),
  ].map((fault) => `${place}: ${fault}`)
}

function load() {
  if (loaded) return loaded
  // the package's own entry reads all ten descriptions, 400 MB of them
  const file = createRequire(import.meta.url).resolve('@octokit/openapi/generated/api.github.com.json')
  const description = JSON.parse(readFileSync(file, 'utf8')) as Description
  const options = { strict: false, validateFormats: false, validateSchema: false, allErrors: true } as const
  const [ajv, loose] = [new Ajv(options), new Ajv({ ...options, coerceTypes: true })]
  for (const one of [ajv, loose]) one.addSchema(description, name)
  loaded = { description, ajv, loose }
  return loaded
}

function missing(request: GithubRequest, templates: string[]): string {
  const known = templates.length > 0 ? ', though the path is there for other methods' : ''
  return `GitHub has no ${request.method} ${request.path}${known}`
}

/** Fitting templates, those with more literal parts first. */
function templatesFor(description: Description, path: string): string[] {
  const literal = (template: string) => template.split('/').filter((part) => !part.includes('{')).length
  return Object.keys(description.paths)
    .filter((template) => expressionOf(template).test(path))
    .sort((one, other) => literal(other) - literal(one))
}

const expressions = new Map<string, RegExp>()

/** Made once: there are more than a thousand, and each request is compared with all. */
function expressionOf(template: string): RegExp {
  const known = expressions.get(template) ?? newExpression(template)
  expressions.set(template, known)
  return known
}

function newExpression(template: string): RegExp {
  const source = template
    .replace(/[.*+?^$()|[\]\\]/g, '\\$&')
    .replace(/\{(\w+)\}/g, (_, key: string) => (manyParts.has(key) ? `(?<${key}>.+)` : `(?<${key}>[^/]+)`))
  return new RegExp(`^${source}$`)
}

/** Parameters that may have slashes in them. */
const manyParts = new Set(['path', 'ref', 'basehead', 'branch'])

function parameterFaults(
  description: Description,
  operation: Operation,
  template: string,
  request: GithubRequest,
): string[] {
  const parameters = (operation.parameters ?? []).map((one) => resolved(description, one))
  const inPath = expressionOf(template).exec(request.path)?.groups ?? {}
  const query = new URLSearchParams(request.query)
  const known = new Set(parameters.filter((one) => one.in === 'query').map((one) => one.name))
  const unknown = [...new Set(query.keys())].filter((key) => !known.has(key))
  return [
    ...unknown.map((key) => `there is no query parameter ${key}`),
    ...parameters.flatMap((one) => {
      if (one.in !== 'query' && one.in !== 'path') return []
      const given = one.in === 'path' ? decoded(inPath[one.name]) : (query.get(one.name) ?? undefined)
      if (given === undefined) return one.required ? [`the ${one.in} parameter ${one.name} is missing`] : []
      return valueFaults(one, given)
    }),
  ]
}

const valueValidators = new WeakMap<Parameter, ValidateFunction>()

function valueValidatorOf(parameter: Parameter): ValidateFunction {
  const validate = valueValidators.get(parameter) ?? newValueValidator(parameter)
  valueValidators.set(parameter, validate)
  return validate
}

function newValueValidator({ schema }: Parameter): ValidateFunction {
  return load().loose.compile({ type: 'object', properties: { value: absolute(schema) } })
}

function valueFaults(parameter: Parameter, given: string): string[] {
  const validate = valueValidatorOf(parameter)
  if (validate({ value: given })) return []
  return (validate.errors ?? []).map(
    (error) => `${parameter.in} parameter ${parameter.name} ${error.message}`,
  )
}

function resolved(description: Description, parameter: Parameter): Parameter {
  if (!parameter.$ref) return parameter
  const key = parameter.$ref.split('/').at(-1) ?? ''
  return description.components.parameters[key] ?? parameter
}

/** References inside a part of the description still mean the whole. */
function absolute(schema: object): object {
  return JSON.parse(JSON.stringify(schema).replaceAll('"$ref":"#/', `"$ref":"${name}#/`)) as object
}

function decoded(text: string | undefined): string | undefined {
  return text === undefined ? undefined : decodeURIComponent(text)
}

function bodyFaults(operation: Operation, template: string, method: string, body: unknown): string[] {
  const described = operation.requestBody
  const schema = described?.content['application/json']?.schema
  if (body === undefined) return described?.required ? ['the body is missing'] : []
  if (!schema) return body !== null && JSON.stringify(body) !== '{}' ? ['no body is expected'] : []
  const validate = validatorOf(template, method)
  const wrong = validate(body) ? [] : (validate.errors ?? []).map(sentenceOf)
  return [...wrong, ...unknownKeys(schema, body)]
}

const validators = new Map<string, ValidateFunction>()

function validatorOf(template: string, method: string): ValidateFunction {
  const key = `${method} ${template}`
  const escaped = encodeURIComponent(template.replaceAll('~', '~0').replaceAll('/', '~1'))
  const $ref = `${name}#/paths/${escaped}/${method}/requestBody/content/application~1json/schema`
  const validate = validators.get(key) ?? load().ajv.compile({ $ref })
  validators.set(key, validate)
  return validate
}

function sentenceOf(error: ErrorObject): string {
  const value = 'allowedValues' in error.params ? `: ${JSON.stringify(error.params.allowedValues)}` : ''
  return `body${error.instancePath} ${error.message}${value}`
}

function unknownKeys(schema: object, body: unknown): string[] {
  const { properties, additionalProperties, oneOf, anyOf } = schema as Record<string, object | undefined>
  if (!properties || additionalProperties || oneOf || anyOf || typeof body !== 'object' || !body) return []
  return Object.keys(body)
    .filter((key) => !(key in properties))
    .map((key) => `GitHub does not know the key ${key} of the body`)
}
