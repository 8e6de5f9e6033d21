import { z } from 'zod'
import { imageFault } from '../image-reference.ts'
import { suggestion } from '../nearest.ts'
import { patternFault } from '../pattern.ts'
import { parseDuration, parseSize } from '../units.ts'

/** A text that is not empty. `what` completes "must be …", here and below. */
export function text(what: string) {
  return z.string({ error: `must be ${what}` }).min(1, { error: `must be ${what}` })
}

/** A map with exactly these keys; an unknown one is told with the one that was likely meant. */
export function map<Shape extends z.core.$ZodLooseShape>(shape: Shape) {
  const keys = Object.keys(shape)
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys
            .slice(0, mostUnknownKeys)
            .map(
              (key) =>
                `is not a key that is known here.${suggestion(key, keys) || ` Known are ${keys.join(', ')}.`}`,
            )
            .join('\n')
        : `must be a map with the keys ${keys.join(', ')}`,
  })
}

/** A fault for each is told; a hostile file has thousands, and nobody reads so many. */
const mostUnknownKeys = 200

export function named<Value extends z.ZodType>(value: Value, what: string) {
  return z.record(z.string(), value, { error: `must be ${what}` })
}

export function list<Item extends z.ZodType>(item: Item, what: string) {
  return z.array(item, { error: `must be ${what}` })
}

export function flag() {
  return z.boolean({ error: 'must be true or false' })
}

export function whole(least: number, most: number, what: string) {
  const error = `must be ${what}, a whole number from ${least} to ${most}`
  return z.int({ error }).min(least, { error }).max(most, { error })
}

export function choice<const Values extends readonly [string, ...string[]]>(values: Values) {
  return z.enum(values, {
    error: (issue) => `must be ${orOf(values)}.${suggestion(String(issue.input), values)}`,
  })
}

export const port = () => whole(1, 65535, 'a port')

export const image = () =>
  text('an image').check((context) => {
    const fault = context.value === '' ? null : imageFault(context.value)
    if (fault) context.issues.push({ code: 'custom', input: context.value, message: `must be ${fault}` })
  })

export const absolutePath = () => z.string({ error: absoluteText }).regex(absolute, { error: absoluteText })

const absoluteText = 'must be an absolute path without .. and colons, such as /app'
const absolute = /^\/(?!.*(?:^|\/)\.\.(?:\/|$))[^:\n]{0,1000}$/

/** Where a volume goes: nothing may hide the whole file system. */
export const mount = () =>
  z
    .string({ error: mountText })
    .regex(/^(?!\/+$)\/(?!.*(?:^|\/)\.\.(?:\/|$))[^:\n]{0,1000}$/, { error: mountText })

const mountText = 'must be an absolute path other than /, without .. and colons, such as /data'

/** A program by its absolute path, without arguments. */
export const program = () =>
  z
    .string({ error: programText })
    .regex(/^\/(?!.*(?:^|\/)\.\.(?:\/|$))[^:\s]{1,1000}$/, { error: programText })

const programText = 'must be the absolute path of a shell, without arguments'

export const relativePath = () =>
  z
    .string({ error: 'must be a path in the repository' })
    .regex(/^(?!\/)(?!.*(?:^|\/)\.\.(?:\/|$)).{1,1000}$/, {
      error: 'must be a path in the repository, without / in front and without ..',
    })

/** Wildcards on paths of files; what ends in a slash would match none of them. */
export const files = () =>
  z
    .string({ error: filesText })
    .regex(/^(?!\.{0,2}\/)(?!.*(?:^|\/)\.\.(?:\/|$)).{0,299}[^/\n]$/, { error: filesText })

const filesText =
  'must be a file from the top of the repository, such as package-lock.json or src/*, without / at its ends and without ..'

export const fileName = () =>
  z
    .string({ error: 'must be a file name' })
    .regex(/^(?!\.{1,2}$)[^/\\\n]{1,200}$/, { error: 'must be a file name without a path' })

const sizeText = 'a size, such as 512m or 2g'
export const size = () =>
  z
    .union([z.string(), z.number()], { error: `must be ${sizeText}` })
    .refine((value) => (parseSize(value) ?? 0) > 0, { error: `must be ${sizeText}` })

const durationText = 'a duration, such as 90s or 5m, or a number of seconds'
export const duration = () =>
  z
    .union([z.string(), z.number()], { error: `must be ${durationText}` })
    .refine((value) => (parseDuration(value) ?? 0) > 0, { error: `must be ${durationText}, above 0` })

export const pattern = () =>
  text('a pattern').check((context) => {
    const fault = patternFault(context.value)
    if (fault)
      context.issues.push({
        code: 'custom',
        input: context.value,
        message: `must be an RE2 pattern; this one has ${fault}`,
      })
  })

/** The user that a process runs as: `node`, `1000`, `1000:1000`. */
export const user = () =>
  z
    .union([z.string(), z.int()], { error: 'must be a user, such as node, 1000 or 1000:1000' })
    .refine(
      (value) =>
        /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,63})?$/.test(String(value)),
      {
        error: 'must be a user, such as node, 1000 or 1000:1000',
      },
    )

function orOf(values: readonly string[]): string {
  return values.length < 2 ? values.join('') : `${values.slice(0, -1).join(', ')} or ${values.at(-1) ?? ''}`
}
