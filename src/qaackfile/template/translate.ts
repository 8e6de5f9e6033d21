import type { Problem } from '../faults.ts'
import { textBuilder, type MappedText } from '../mapped-text.ts'
import { rolesOf, type Block, type Role } from './blocks.ts'
import { parseExpression, writeExpression } from './expressions.ts'
import { scanTags, type Tag } from './scan.ts'
import type { Token } from './tokens.ts'

/** A template in Handlebars' spelling. Quoted texts stand in it as numbers into `texts`. */
export interface Translated extends MappedText {
  texts: string[]
}

/** Rewrites Go's spelling to Handlebars'; both may stand in one file. Without problems, the result is well-formed. */
export function translate(text: string): { translated: Translated; problems: Problem[] } {
  const { tags, problems } = scanTags(text)
  const roles = rolesOf(tags)
  const out = textBuilder()
  const texts: string[] = []
  const open: { tag: Tag; block: Block; written: string }[] = []
  let copied = 0

  tags.forEach((tag, index) => {
    const role = roles[index]
    const line = role && takesItsLine(tag, role, open.at(-1)?.tag) ? lineAround(text, tag) : tag
    out.copy(text.slice(copied, Math.max(copied, line.start)), copied)
    copied = line.end
    if (role) writeTag(tag, role)
    // Handlebars would take a brace of the text after the tag for the end of a triple one.
    if (text[copied] === '}') out.make('{{!}}', copied)
  })
  out.copy(text.slice(copied), copied)
  for (const { tag, written } of open) fail(tag.start, `this ${written} block is not closed`)
  return { translated: { ...out.finish(), texts }, problems }

  function writeTag(tag: Tag, role: Role): void {
    switch (role.kind) {
      case 'wrong':
        return fail(tag.start, role.message)
      case 'comment':
        return write(tag, '!', () => undefined)
      case 'output':
        return write(tag, '', () => expression(tag, tag.tokens, false))
      case 'open':
        if (open.length === deepest) fail(tag.start, `blocks are nested more than ${deepest} deep`)
        open.push({ tag, block: role.block, written: role.written })
        return write(tag, '#', () => opening(tag, role.block, tag.tokens.slice(role.skip)))
      case 'else':
        if (open.length === 0) return fail(tag.start, 'this else belongs to no block')
        if (role.chained === null) return write(tag, '', () => out.make('else', tag.start))
        return write(tag, 'else ', () => opening(tag, role.chained ?? 'if', tag.tokens.slice(role.skip)))
      case 'close':
        return close(tag, role.written)
    }
  }

  function close(tag: Tag, written: string | null): void {
    const last = open.pop()
    if (!last)
      return fail(tag.start, written === null ? 'this end closes nothing' : `this /${written} closes nothing`)
    if (written !== null && written !== last.written && written !== last.block) {
      fail(tag.start, `/${written} cannot close the ${last.written} block that is open here`)
    }
    write(tag, '/', () => out.make(last.block, tag.start))
  }

  function write(tag: Tag, sigil: string, inner: () => void): void {
    out.make(`{{${tag.trimBefore ? '~' : ''}${sigil}`, tag.start)
    inner()
    out.make(`${tag.trimAfter ? '~' : ''}}}`, tag.start)
  }

  function opening(tag: Tag, block: Block, tokens: Token[]): void {
    out.make(`${block} `, tag.start)
    const { condition, parameters } = splitParameters(tokens)
    expression(tag, condition, true)
    if (parameters.length > 0) out.make(` as |${parameters.join(' ')}|`, tag.start)
  }

  function expression(tag: Tag, tokens: Token[], inParentheses: boolean): void {
    const parsed = parseExpression(tokens, tag.start)
    if ('message' in parsed) problems.push(parsed)
    else writeExpression(parsed, out, texts, inParentheses)
  }

  function fail(offset: number, message: string): void {
    problems.push({ offset, path: '', message })
  }
}

const deepest = 50

/**
 * In Handlebars a block's tag or a comment that stands alone takes its line with it. In Go it does not: there the line
 * break stays, and `{{-` often relies on it.
 */
function takesItsLine(tag: Tag, role: Role, opener: Tag | undefined): boolean {
  if (!tag.alone) return false
  if (role.kind === 'else') return tag.sigil === '^' || opener?.sigil === '#'
  return tag.sigil === '#' || tag.sigil === '/' || tag.sigil === '!'
}

function lineAround(text: string, tag: Tag): { start: number; end: number } {
  const lineEnd = text.indexOf('\n', tag.end)
  return { start: text.lastIndexOf('\n', tag.start - 1) + 1, end: lineEnd === -1 ? text.length : lineEnd + 1 }
}

/** `X as |value key|`, or Go's `$key, $value := X`. */
function splitParameters(tokens: Token[]): { condition: Token[]; parameters: string[] } {
  const last = tokens.at(-1)
  if (last?.kind === 'parameters')
    return { condition: tokens.slice(0, -2), parameters: names(last.text.split(/\s+/)) }
  const assign = tokens.findIndex(({ kind }) => kind === 'assign')
  if (assign === -1) return { condition: tokens, parameters: [] }
  const declared = tokens.slice(0, assign).filter(({ kind }) => kind === 'word')
  return {
    condition: tokens.slice(assign + 1),
    parameters: names(declared.map(({ text }) => text.slice(1))).toReversed(),
  }
}

function names(words: string[]): string[] {
  return words.filter((word) => /^[A-Za-z_]\w*$/.test(word))
}
