import type { Problem } from '../faults.ts'
import { scanTokens, type Token } from './tokens.ts'

/** One `{{ … }}` of the source. Offsets count in the source. */
export interface Tag {
  start: number
  end: number
  /** Whitespace before and after goes: `{{~ ~}}` or `{{- -}}`. */
  trimBefore: boolean
  trimAfter: boolean
  /** What follows the braces: `#`, `/`, `^`, `!` for a comment, `*` for one in Go's spelling, or nothing. */
  sigil: '' | '#' | '/' | '^' | '!' | '*'
  tokens: Token[]
  /** Nothing but spaces stands beside it on its line. */
  alone: boolean
}

/** Finds all tags. Where a tag cannot be read, its problem is noted and it is left out. */
export function scanTags(text: string): { tags: Tag[]; problems: Problem[] } {
  const tags: Tag[] = []
  const problems: Problem[] = []
  for (let at = text.indexOf('{{'); at !== -1;) {
    if (isEscaped(text, at)) {
      at = text.indexOf('{{', at + 2)
      continue
    }
    if (tags.length === mostTags) {
      problems.push({
        offset: at,
        path: '',
        message: `a Qaackfile has at most ${mostTags} template expressions`,
      })
      break
    }
    const { tag, end, problem } = scanTag(text, at)
    if (tag) tags.push(tag)
    if (problem) problems.push(problem)
    at = end === null ? -1 : text.indexOf('{{', end)
  }
  return { tags, problems }
}

const mostTags = 5000

/** `\{{` stands for two braces; `\\{{` is a backslash and a tag. */
function isEscaped(text: string, at: number): boolean {
  return text[at - 1] === '\\' && text[at - 2] !== '\\'
}

interface Scanned {
  tag?: Tag
  /** Where to go on; null where nothing after this can be told apart. */
  end: number | null
  problem?: Problem
}

function scanTag(text: string, start: number): Scanned {
  const problem = (message: string, end: number | null): Scanned => ({
    end,
    problem: { offset: start, path: '', message },
  })
  if (text.startsWith('{{{{', start))
    return problem('raw blocks {{{{ … }}}} are not known here; write \\{{ for two braces', start + 4)
  const close = text[start + 2] === '{' ? '}}}' : '}}'
  const trimBefore = /^(~|-(?=\s))/.test(text.slice(start + close.length, start + close.length + 2))
  const inside = start + close.length + (trimBefore ? 1 : 0)

  const comment = commentEnd(text, inside)
  if (comment === null) return problem('this comment has no end', null)
  if (comment)
    return {
      tag: {
        ...comment,
        start,
        trimBefore,
        sigil: text[inside] === '!' ? '!' : '*',
        tokens: [],
        alone: isAlone(text, start, comment.end),
      },
      end: comment.end,
    }

  const first = text.charAt(inside)
  if (/^#?[>*]/.test(text.slice(inside, inside + 2))) {
    return problem('partials and decorators are not known here', inside)
  }
  const sigil = first === '#' || first === '/' || first === '^' ? first : ''
  const scanned = scanTokens(text, inside + (sigil || first === '&' ? 1 : 0), close)
  if ('problem' in scanned)
    return {
      end: scanned.end,
      problem: scanned.problem ?? { offset: start, path: '', message: `this {{ has no ${close}` },
    }
  const { tokens, end, trimAfter } = scanned
  return { tag: { start, end, trimBefore, trimAfter, sigil, tokens, alone: isAlone(text, start, end) }, end }
}

/** Where a comment of either spelling ends; false if this is none, null if it never ends. */
function commentEnd(text: string, inside: number): { end: number; trimAfter: boolean } | false | null {
  const lead = /\s*/y
  lead.lastIndex = inside
  const start = inside + (lead.exec(text)?.[0].length ?? 0)
  const pattern = text.startsWith('/*', start)
    ? /\*\/(\s+-|\s*~?)\}\}/g
    : text.startsWith('!--', inside)
      ? /--(~?)\}\}/g
      : text[inside] === '!'
        ? /(~?)\}\}/g
        : null
  if (pattern === null) return false
  pattern.lastIndex = start + 2
  const match = pattern.exec(text)
  if (match === null) return null
  return { end: match.index + match[0].length, trimAfter: /[~-]/.test(match[1] ?? '') }
}

function isAlone(text: string, start: number, end: number): boolean {
  let before = start - 1
  while (text[before] === ' ' || text[before] === '\t') before--
  let after = end
  while (text[after] === ' ' || text[after] === '\t') after++
  return (before < 0 || text[before] === '\n') && (after >= text.length || text[after] === '\n')
}
