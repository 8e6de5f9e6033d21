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
  if (typeof kind === 'number') {
    const number = key === 'environmentTTL' ? minutesOf(text) : /^\d+$/.test(text) ? Number(text) : undefined
    if (number === undefined)
      throw wrongUse(
        `${key} must be a whole number${key === 'environmentTTL' ? ' of minutes, or a time like 8h' : ''}, not ${text}`,
      )
    return number
  }
  return Array.isArray(kind) ? listOf(text) : text
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
