import type { Problem } from '../faults.ts'
import type { TextBuilder } from '../mapped-text.ts'
import { helpers } from './helper-table.ts'
import type { Token } from './tokens.ts'

/** What a tag asks for: one name or text, or a helper with what it is given. */
export type Expression = { kind: 'atom'; token: Token } | { kind: 'call'; items: Expression[] }

/** Reads `f a (g b) | h c`. A text instead of a result is what is wrong, at the returned place. */
export function parseExpression(tokens: Token[], start: number): Expression | Problem {
  const cursor = { tokens, at: 0, depth: 0, end: tokens.at(-1)?.start ?? start }
  const expression = parsePipeline(cursor)
  const rest = tokens[cursor.at]
  if ('message' in expression || rest === undefined) return expression
  return problemAt(
    rest.start,
    rest.kind === 'close' ? 'this ) closes nothing' : `${rest.text} cannot stand here`,
  )
}

/** Writes the expression as Handlebars has it; texts go to `texts` and are named by their number. */
export function writeExpression(
  expression: Expression,
  out: TextBuilder,
  texts: string[],
  inParentheses: boolean,
): void {
  if (expression.kind === 'atom') return writeAtom(expression.token, out, texts)
  const start = startOf(expression)
  if (inParentheses) out.make('(', start)
  expression.items.forEach((item, index) => {
    if (index > 0) out.make(' ', startOf(item))
    writeExpression(item, out, texts, true)
  })
  if (inParentheses) out.make(')', start)
}

export function startOf(expression: Expression): number {
  if (expression.kind === 'atom') return expression.token.start
  return expression.items[0] ? startOf(expression.items[0]) : 0
}

interface Cursor {
  tokens: Token[]
  at: number
  depth: number
  end: number
}

function parsePipeline(cursor: Cursor): Expression | Problem {
  let value = parseCommand(cursor)
  for (let pipes = 1; !('message' in value) && cursor.tokens[cursor.at]?.kind === 'pipe'; pipes++) {
    if (pipes > 20)
      return problemAt(cursor.tokens[cursor.at]?.start ?? cursor.end, 'this pipeline has more than 20 parts')
    cursor.at++
    const next = parseCommand(cursor)
    if ('message' in next) return next
    value = pipe(value, next)
  }
  return value
}

/** `value | helper rest`: what Go's own functions get last, ours get first, as one reads it: `X | startsWith "v"`. */
function pipe(value: Expression, next: Expression): Expression {
  const [head, ...rest] = next.kind === 'call' ? next.items : [next]
  if (head === undefined) return value
  const name = head.kind === 'atom' ? head.token.text : ''
  const items = helpers.get(name)?.pipedFirst ? [head, value, ...rest] : [head, ...rest, value]
  return { kind: 'call', items }
}

function parseCommand(cursor: Cursor): Expression | Problem {
  const items: Expression[] = []
  for (let token = cursor.tokens[cursor.at]; token; token = cursor.tokens[cursor.at]) {
    if (token.kind === 'pipe' || token.kind === 'close') break
    const item = parseOperand(cursor, token)
    if ('message' in item) return item
    items.push(item)
  }
  const [only] = items
  if (only === undefined)
    return problemAt(cursor.tokens[cursor.at]?.start ?? cursor.end, 'a name or a helper is missing here')
  return items.length === 1 ? only : { kind: 'call', items: inOurOrder(items) }
}

/** `default "none" X` is Go's usual order, `default X "none"` the natural one; the quoted text tells them apart. */
function inOurOrder(items: Expression[]): Expression[] {
  const [head, one, other] = items
  if (head?.kind !== 'atom' || head.token.text !== 'default' || !one || !other || items.length !== 3)
    return items
  return isText(one) && !isText(other) ? [head, other, one] : items
}

function isText(expression: Expression): boolean {
  return expression.kind === 'atom' && expression.token.kind === 'text'
}

function parseOperand(cursor: Cursor, token: Token): Expression | Problem {
  cursor.at++
  if (token.kind === 'word' || token.kind === 'text') return { kind: 'atom', token }
  if (token.kind !== 'open') return problemAt(token.start, `${token.text} cannot stand here`)
  if (++cursor.depth > 20) return problemAt(token.start, 'these parentheses are nested too deep')
  const inner = parsePipeline(cursor)
  if ('message' in inner) return inner
  if (cursor.tokens[cursor.at]?.kind !== 'close') return problemAt(token.start, 'this ( is not closed')
  cursor.at++
  cursor.depth--
  return inner
}

function writeAtom(token: Token, out: TextBuilder, texts: string[]): void {
  if (token.kind === 'text') return out.make(`"${texts.push(token.text) - 1}"`, token.start)
  const { text, start } = token
  if (text === '.' || text === 'nil' || text === '$')
    return out.make({ '.': 'this', nil: 'null', $: '@root' }[text], start)
  if (text.startsWith('$.')) return copyAfter('@root.', 2)
  if (text.startsWith('$')) return copyAfter('', 1)
  if (/^\.[A-Za-z_[]/.test(text)) return copyAfter('this.', 1)
  out.copy(text, start)

  function copyAfter(lead: string, skipped: number): void {
    out.make(lead, start)
    out.copy(text.slice(skipped), start + skipped)
  }
}

function problemAt(offset: number, message: string): Problem {
  return { offset, path: '', message }
}
