import { z } from 'zod'
import { parseSize } from '../qaackfile/units.ts'
import { parseBaseUrl } from './base-url.ts'
import { faultOfPool } from './network-pool.ts'

// Each takes what YAML gives and what an environment variable gives; what it says reads on after the setting's name.

export const text = z
  .string({ error: 'must be a text' })
  .refine((value) => value.trim() !== '' && !value.includes('\0'), {
    error: 'must not be empty',
  })

/** A number in YAML is meant as text where a token or a title is wanted. */
export const looseText = z.preprocess((value) => (typeof value === 'number' ? String(value) : value), text)

/** May be empty. */
export const anyText = z.string({ error: 'must be a text' })

/** Ends up in HTTP headers. */
export const token = looseText.refine((value) => /^[\x21-\x7e]+$/.test(value), {
  error: 'must be made of visible ASCII characters without spaces',
})

export function wholeNumber(least: number, most: number, unit = '') {
  const error = `must be a whole number${unit} from ${least} to ${most}`
  return z.preprocess(
    numberInText,
    z
      .number({ error })
      .refine((value) => Number.isInteger(value) && value >= least && value <= most, { error }),
  )
}

export const cpus = z.preprocess(
  numberInText,
  z
    .number({ error: 'must be a number of CPUs such as 2 or 0.5' })
    .refine((value) => value >= 0.01 && value <= 1024, {
      error: 'must be a number of CPUs from 0.01 to 1024',
    }),
)

/** Less than this is refused by the engine. */
const leastMemory = 6 * 1024 ** 2

/** To bytes. */
export const memory = z
  .union([z.string(), z.number()], { error: 'must be a size such as 512m or 2g' })
  .transform((value, context) => {
    const bytes = parseSize(value)
    if (bytes !== null && bytes >= leastMemory) return bytes
    context.addIssue(bytes === null ? 'must be a size such as 512m or 2g' : 'must be at least 6m')
    return z.NEVER
  })

export const flag = z.preprocess(
  (value) => (typeof value === 'string' ? flagWords[value.toLowerCase()] : value),
  z.boolean({ error: 'must be true or false' }),
)

const flagWords: Record<string, boolean> = {
  true: true,
  yes: true,
  '1': true,
  false: false,
  no: false,
  '0': false,
}

export function oneOf<const T extends string>(words: readonly T[]) {
  return z.enum(words, { error: `must be one of ${words.join(', ')}` })
}

export const baseUrl = z.string({ error: 'must be an address' }).transform((value, context) => {
  const parsed = parseBaseUrl(value)
  if (!('must' in parsed)) return parsed
  context.addIssue(`must ${parsed.must}`)
  return z.NEVER
})

export const networkPool = z
  .string({ error: 'must be a network such as 10.213.0.0/16' })
  .superRefine((value, context) => {
    const fault = faultOfPool(value)
    if (fault !== undefined) context.addIssue(`must ${fault}`)
  })

export const databaseUrl = text.refine(
  (value) => /^sqlite:.+/s.test(value) || (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value)),
  { error: 'must be sqlite:<path> or postgres://user:password@host:port/database' },
)

/** Of an HTTP service, without the slash at its end. */
export const serviceUrl = text
  .refine((value) => /^https?:\/\/[^@?#]*$/.test(value) && URL.canParse(value), {
    error:
      'must be an address with http or https, without user, query and fragment, such as https://gitlab.com',
  })
  .transform((value) => value.replace(/\/+$/, ''))

/** Full paths of groups, as a list or as a text with commas. */
export const groupPaths = z
  .preprocess(
    (value) => (typeof value === 'string' ? value.split(',').map((path) => path.trim()) : value),
    z.array(z.string().regex(/^[\w.-]+(\/[\w.-]+)*$/), {
      error: 'must be full paths of groups with commas between, such as acme/web, tools',
    }),
  )
  .transform((paths) => paths.map((path) => path.toLowerCase()))

export const hostName = text.refine((value) => /^[a-z0-9.-]+(:\d+)?$/i.test(value), {
  error: 'must be a host name without http:// and without a path',
})

function numberInText(value: unknown): unknown {
  return typeof value === 'string' && /^\s*-?\d+(\.\d+)?\s*$/.test(value) ? Number(value) : value
}
