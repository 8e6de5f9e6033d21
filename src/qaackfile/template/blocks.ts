import { helpers } from './helper-table.ts'
import type { Tag } from './scan.ts'

/** What a tag does in the structure of the file. `block` is the name Handlebars has for it, `written` the file's. */
export type Role =
  | { kind: 'open'; block: Block; written: string; skip: number }
  | { kind: 'else'; chained: Block | null; skip: number }
  | { kind: 'close'; written: string | null }
  | { kind: 'output' }
  | { kind: 'comment' }
  | { kind: 'wrong'; message: string }

export type Block = 'if' | 'unless' | 'each' | 'with'

/** The role of every tag, in order. */
export function rolesOf(tags: Tag[]): Role[] {
  const roles = tags.map(roleOf)
  for (const index of bareConditions(tags, roles)) {
    roles[index] = { kind: 'open', block: 'if', written: tags[index]?.tokens[0]?.text ?? '', skip: 0 }
  }
  return roles
}

const blocks: ReadonlyMap<string, Block> = new Map([
  ['if', 'if'],
  ['unless', 'unless'],
  ['each', 'each'],
  ['range', 'each'],
  ['with', 'with'],
])
const unknownToUs = ['block', 'define', 'template', 'break', 'continue']

function roleOf(tag: Tag): Role {
  if (tag.sigil === '!' || tag.sigil === '*') return { kind: 'comment' }
  const first = tag.tokens[0]?.kind === 'word' ? tag.tokens[0].text : ''
  if (tag.sigil === '/') return { kind: 'close', written: first }
  if (tag.sigil === '^') {
    if (tag.tokens.length === 0) return { kind: 'else', chained: null, skip: 0 }
    return { kind: 'wrong', message: 'inverted sections are not known here; write {{#unless …}}' }
  }
  if (tag.tokens.length === 0) return { kind: 'wrong', message: 'a name is missing between the braces' }
  const block = blocks.get(first)
  if (block) return { kind: 'open', block, written: first, skip: 1 }
  if (tag.sigil === '#') {
    if (helpers.has(first)) return { kind: 'open', block: 'if', written: first, skip: 0 }
    return {
      kind: 'wrong',
      message: `there is no block ${first}; the blocks are if, unless, each, range and with`,
    }
  }
  if (first === 'end' && tag.tokens.length === 1) return { kind: 'close', written: null }
  if (first === 'else') return elseRole(tag)
  if (unknownToUs.includes(first)) return { kind: 'wrong', message: `${first} is not known here` }
  return { kind: 'output' }
}

function elseRole(tag: Tag): Role {
  const second = tag.tokens[1]?.text
  if (second === undefined) return { kind: 'else', chained: null, skip: 1 }
  const chained = blocks.get(second)
  if (chained) return { kind: 'else', chained, skip: 2 }
  return { kind: 'wrong', message: `after else comes nothing, or if; not ${second}` }
}

const conditions = new Set([
  'eq',
  'ne',
  'lt',
  'gt',
  'and',
  'or',
  'not',
  'matches',
  'startsWith',
  'endsWith',
  'contains',
])

/**
 * `{{ eq A B }} … {{ end }}` without `if`, as the original's documentation has it. A condition is meant as a block where
 * the file has more ends than beginnings: first those that stand alone on their line, else all.
 */
function bareConditions(tags: Tag[], roles: Role[]): number[] {
  const missing =
    roles.filter(({ kind }) => kind === 'close').length - roles.filter(({ kind }) => kind === 'open').length
  if (missing <= 0) return []
  const candidates = tags.flatMap((tag, index) =>
    roles[index]?.kind === 'output' && conditions.has(tag.tokens[0]?.text ?? '') ? [index] : [],
  )
  const alone = candidates.filter((index) => tags[index]?.alone)
  return candidates.length === missing ? candidates : alone.slice(0, missing)
}
