import { createHash } from 'node:crypto'
import { isTrue } from './helper-table.ts'
import { isGroup, type Named } from './lookup.ts'

/*
 * Two environments that differ in nothing but their own facts may start from what either saved. So a file is rendered a
 * second time in passing, with a placeholder wherever only such a fact is printed. Every condition is decided by the real
 * facts: where two environments come out of one differently, so do these texts.
 */

/** Facts that every environment has its own of, without those that say what kind of environment it is. */
const ownFacts: ReadonlySet<string> = new Set([
  'Environment.Id',
  'Environment.Url',
  'Environment.Domain',
  'Environment.Name',
  'Environment.TTL',
  'Environment.CreatedAt',
  'Environment.Ref.Name',
  'Environment.Ref.Hash',
  'Environment.Ref.ShortHash',
  'Environment.Ref.Slug',
  'Environment.Change.Number',
  'Environment.Change.Title',
  'Environment.Change.Author',
  'Environment.Change.Source',
  'Environment.Change.Target',
  'Environment.Change.Fork',
])

const textHelpers = new Set(['lower', 'upper', 'slug', 'env-safe'])

/** What stands in the identity for a value that is printed; undefined for what is no fact of the environment alone. */
export function shownInIdentity(printed: Named): string | undefined {
  const origin = originOf(printed)
  return origin === undefined ? undefined : placeholder(origin)
}

/** What a helper's result was made from, where that is a fact of the environment and nothing else. */
export function originOfCall(helper: string, given: Named[], result: unknown): Pick<Named, 'origin'> {
  const [first, second] = given
  if (first === undefined) return {}
  if (textHelpers.has(helper)) {
    const origin = originOf(first)
    return origin === undefined ? {} : { origin: `${helper}(${origin})` }
  }
  if (helper !== 'default' || second === undefined) return {}
  // Which of the two is printed is a condition.
  const origin = originOf(isTrue(first.value) ? first : second)
  return origin === undefined || isGroup(result) ? {} : { origin }
}

function originOf({ value, name, origin }: Named): string | undefined {
  if (origin !== undefined) return origin
  return name !== null && ownFacts.has(name) && value !== undefined && !isGroup(value) ? name : undefined
}

/**
 * Short lower-case letters and digits, which may stand wherever a name, a path, a command or a part of an image may; the same
 * for the same expression only.
 */
function placeholder(origin: string): string {
  return placeholderStart + createHash('sha256').update(origin).digest('hex').slice(0, 10)
}

/** What no text has by chance. */
export const placeholderStart = 'qckfact'
