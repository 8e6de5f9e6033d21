import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { load } from 'js-yaml'

/** A JSON schema, as OpenAPI has it. */
export type Schema = Record<string, unknown>

export interface Parameter {
  name: string
  in: 'path' | 'query'
  required?: boolean
  schema: Schema
}

export interface Answer {
  content?: { 'application/json': { schema: Schema } }
}

export interface Operation {
  parameters: Parameter[]
  /** Of the body; undefined where there is none. */
  body: Schema | undefined
  bodyRequired: boolean
  /** By status. */
  answers: Record<string, Answer>
}

export interface Description {
  /** By template of the path, then by method in lower case. */
  operations: Record<string, Record<string, Operation>>
  /** What all refusals look like. */
  refusal: Schema
  components: Record<string, Record<string, unknown>>
}

type Referring<T> = T | { $ref: string }

interface RawOperation {
  parameters?: Referring<Parameter>[]
  requestBody?: { required?: boolean; content: { 'application/json': { schema: Schema } } }
  responses: Record<string, Referring<Answer>>
}

interface Raw {
  paths?: Record<string, Record<string, RawOperation>>
  components?: Description['components']
}

const folder = fileURLToPath(new URL('.', import.meta.url))

/** The files of this folder as one: references to parameters and answers replaced, objects closed to unknown keys. */
export function readDescription(): Description {
  const files = readdirSync(folder).filter((file) => file.endsWith('.yaml'))
  const parts = files.map((file) => closed(load(readFileSync(folder + file, 'utf8'))) as Raw)
  const components: Description['components'] = {}
  for (const part of parts) {
    for (const [kind, named] of Object.entries(part.components ?? {})) {
      components[kind] = { ...components[kind], ...named }
    }
  }
  const paths = parts.flatMap((part) => Object.entries(part.paths ?? {}))
  const refused = components.responses?.Refused as Answer
  return {
    operations: Object.fromEntries(paths.map(([path, methods]) => [path, operationsOf(methods, components)])),
    refusal: refused.content?.['application/json'].schema ?? {},
    components,
  }
}

/** An object says which keys it has: one more is a mistake of ours, or something that the description lacks. */
function closed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(closed)
  if (typeof value !== 'object' || value === null) return value
  const inside = Object.fromEntries(Object.entries(value).map(([key, one]) => [key, closed(one)]))
  const isSchema = typeof inside.properties === 'object' && isObject(inside.type)
  return isSchema ? { additionalProperties: false, ...inside } : inside
}

function isObject(type: unknown): boolean {
  return type === 'object' || (Array.isArray(type) && type.includes('object'))
}

function operationsOf(
  methods: Record<string, RawOperation>,
  components: Description['components'],
): Record<string, Operation> {
  return Object.fromEntries(
    Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => [
      method,
      {
        parameters: parameters.map((one) => resolved(one, components)),
        body: requestBody?.content['application/json'].schema,
        bodyRequired: requestBody?.required ?? false,
        answers: Object.fromEntries(
          Object.entries(responses).map(([status, answer]) => [status, resolved(answer, components)]),
        ),
      },
    ]),
  )
}

function resolved<T extends object>(one: Referring<T>, components: Description['components']): T {
  if (!('$ref' in one)) return one
  const [, , kind = '', name = ''] = one.$ref.split('/')
  const found = components[kind]?.[name]
  if (!found) throw new Error(`there is no ${one.$ref} in the description of GitLab's API`)
  return found as T
}
