import { parseSize } from '../qaackfile/units.ts'
import { minutesOf } from './terminal/durations.ts'
import { wrongUse } from './terminal/failure.ts'

/** Nested settings as dotted names; lists and empty objects are values. */
export function flatten(value: object, above = ''): Record<string, unknown> {
  const entries = Object.entries(value).map(([key, inner]: [string, unknown]) => {
    const name = above + key
    return isBranch(inner) ? flatten(inner, `${name}.`) : { [name]: inner }
  })
  return Object.assign({}, ...entries) as Record<string, unknown>
}

/** Dotted names as nested objects, of which each is only what was named. */
export function nest(pairs: readonly (readonly [string, unknown])[]): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, value] of pairs) {
    const path = name.split('.')
    const last = path.pop() ?? name
    let level = result
    for (const part of path) {
      level[part] ??= {}
      level = level[part] as Record<string, unknown>
    }
    level[last] = value
  }
  return result
}

/** `key=value` as a setting of the kind it has in `known`; a key that is not there is refused. */
export function valueFor(pair: string, known: Record<string, unknown>): [key: string, value: unknown] {
  const equals = pair.indexOf('=')
  if (equals < 1) throw wrongUse(`settings are changed with key=value, not ${pair}`)
  const key = pair.slice(0, equals)
  const text = pair.slice(equals + 1)
  if (!Object.hasOwn(known, key))
    throw wrongUse(`there is no setting ${key}; there are: ${Object.keys(known).join(', ')}`)
  return [key, convert(key, text, known[key])]
}

function convert(key: string, text: string, kind: unknown): unknown {
  if (typeof kind === 'boolean') {
    if (text !== 'true' && text !== 'false') throw wrongUse(`${key} must be true or false, not ${text}`)
    return text === 'true'
  }
  if (typeof kind === 'number') return numberFor(key, text)
  if (key === 'scheduledRebuild.hour') return text.replace(/ ?UTC$/, '')
  return Array.isArray(kind) ? listOf(text) : text
}

/** Settings that are numbers, but may be given in the units that people use. */
const inUnits: Record<string, { read: (text: string) => number | null | undefined; what: string }> = {
  environmentTTL: { read: minutesOf, what: 'a whole number of minutes, or a time like 8h' },
  'limits.memory': { read: parseSize, what: 'a size such as 512m or 2g' },
  'limits.cpus': { read: decimalOf, what: 'a number such as 0.5 or 2' },
}

function numberFor(key: string, text: string): number {
  const { read, what } = inUnits[key] ?? { read: wholeOf, what: 'a whole number' }
  const number = read(text) ?? undefined
  if (number === undefined) throw wrongUse(`${key} must be ${what}, not ${text}`)
  return number
}

function wholeOf(text: string): number | undefined {
  return /^\d+$/.test(text) ? Number(text) : undefined
}

function decimalOf(text: string): number | undefined {
  return /^\d+(?:\.\d+)?$/.test(text) ? Number(text) : undefined
}

/** Items with commas between them; a list in JSON where items have commas of their own. */
function listOf(text: string): unknown[] {
  if (text.startsWith('["')) {
    try {
      return JSON.parse(text) as unknown[]
    } catch {
      // Then it is a pattern that begins with a bracket.
    }
  }
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '')
}

function isBranch(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && Object.keys(value).length > 0
}
