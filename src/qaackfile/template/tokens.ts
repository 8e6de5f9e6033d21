import type { Problem } from '../faults.ts'
import { suggestion } from '../nearest.ts'
import { templateNames } from './names.ts'

/** A piece of what stands between the braces. `text` is the value of a quoted text, else what is written. */
export interface Token {
  kind: 'word' | 'text' | 'open' | 'close' | 'pipe' | 'comma' | 'assign' | 'parameters'
  start: number
  text: string
}

type Scanned =
  { tokens: Token[]; end: number; trimAfter: boolean } | { end: number | null; problem: Problem | null }

/** Reads tokens from `start` up to `close`. Without a close, or with a character that cannot stand there, there is a problem. */
export function scanTokens(text: string, start: number, close: string): Scanned {
  const tokens: Token[] = []
  let problem: Problem | null = null
  for (let at = start; at < text.length;) {
    const end = closeAt(text, at, close)
    if (end) return problem ? { end: end.end, problem } : { tokens, ...end }
    const token = tokenAt(text, at, tokens)
    if (token === null)
      return { end: null, problem: { offset: at, path: '', message: 'this quoted text has no end' } }
    if (token === 'nothing') {
      problem ??= {
        offset: at,
        path: '',
        message: `${text.charAt(at)} cannot stand in a template expression`,
      }
      at++
      continue
    }
    at = token.end
    if (token.token) tokens.push(token.token)
    if (token.token?.kind === 'word') problem ??= wordProblem(token.token)
  }
  return { end: null, problem: null }
}

function closeAt(text: string, at: number, close: string): { end: number; trimAfter: boolean } | null {
  if (text.startsWith(close, at)) return { end: at + close.length, trimAfter: false }
  const trims = text[at] === '~' || (text[at] === '-' && /\s/.test(text.charAt(at - 1)))
  return trims && text.startsWith(close, at + 1) ? { end: at + 1 + close.length, trimAfter: true } : null
}

const blank = /\s+/y
const quoted = /"((?:\\[\s\S]|[^"\\])*)"|'((?:\\[\s\S]|[^'\\])*)'|`([^`]*)`/y
const word = /(?:\[[^\]\n]*\]|[^\s()|,"'`=:~{}[\]])+/y
const marks: Record<string, Token['kind']> = { '(': 'open', ')': 'close', '|': 'pipe', ',': 'comma' }

function tokenAt(
  text: string,
  at: number,
  before: Token[],
): { token?: Token; end: number } | 'nothing' | null {
  const space = matchAt(blank, text, at)
  if (space) return { end: at + space[0].length }
  if (text[at] === '|' && before.length > 1 && before.at(-1)?.text === 'as') {
    const end = text.indexOf('|', at + 1)
    if (end === -1) return 'nothing'
    return { token: { kind: 'parameters', start: at, text: text.slice(at + 1, end).trim() }, end: end + 1 }
  }
  const mark = marks[text.charAt(at)]
  if (mark) return { token: { kind: mark, start: at, text: text.charAt(at) }, end: at + 1 }
  if (text.startsWith(':=', at)) return { token: { kind: 'assign', start: at, text: ':=' }, end: at + 2 }
  if (/["'`]/.test(text.charAt(at))) {
    const match = matchAt(quoted, text, at)
    if (!match) return null
    // Only a quote and a backslash are escaped, so that a regular expression may be written with one backslash or two.
    const value = match[3] ?? (match[1] ?? match[2] ?? '').replace(/\\(["'\\])/g, '$1')
    return { token: { kind: 'text', start: at, text: value }, end: at + match[0].length }
  }
  const match = matchAt(word, text, at)
  if (!match) return 'nothing'
  return { token: { kind: 'word', start: at, text: match[0] }, end: at + match[0].length }
}

function matchAt(pattern: RegExp, text: string, at: number): RegExpExecArray | null {
  pattern.lastIndex = at
  return pattern.exec(text)
}

const id = '(?:[A-Za-z_][\\w-]*|\\[[^\\]]*\\])'
const words = [
  /-?\d{1,15}(?:\.\d{1,15})?/, // a number
  new RegExp(`\\.(?:${id}(?:\\.${id})*)?`), // .Environment.Ref
  new RegExp(`\\$(?:[A-Za-z_]\\w*)?(?:\\.${id})*`), // $.Environment, $item.Name
  new RegExp(`(?:\\./|(?:\\.\\./)+)?@?${id}(?:[./]${id})*`), // Environment.Ref, ../Name, @key
  /(?:\.\.\/)*\.\./,
]
const anyWord = new RegExp(`^(?:${words.map((one) => one.source).join('|')})$`)

function wordProblem(token: Token): Problem | null {
  if (anyWord.test(token.text)) return null
  const shown = token.text.slice(0, 60)
  return {
    offset: token.start,
    path: '',
    message: `${shown} is not a name; names look like Environment.Ref.Hash.${suggestion(shown, templateNames)}`,
  }
}
