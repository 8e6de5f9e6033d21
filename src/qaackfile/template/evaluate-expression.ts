import type { Problem } from '../faults.ts'
import { suggestion } from '../nearest.ts'
import type { Budget } from './budget.ts'
import { HelperFault, helpers } from './helper-table.ts'
import { originOfCall } from './identity.ts'
import { absentMessage, lookUp, type Named, type Unknown } from './lookup.ts'

/** Where an expression is evaluated. */
export interface Scope {
  frame: Frame
  root: Named
  /** Quoted texts, by the number that stands for them. */
  texts: string[]
  repositoryParams: Readonly<Record<string, string>>
  budget: Budget
  problems: Problem[]
  /** Place in the source of a place in the parsed template. */
  offsetOf: (position: { line: number; column: number }) => number
}

/** What the block we are in made of `this`, its block parameters, and `@key` and the like. */
export interface Frame {
  here: Named
  parameters: ReadonlyMap<string, Named>
  data: ReadonlyMap<string, unknown>
  parent: Frame | null
}

/** Stands for a value that could not be had; the problem is noted already. */
export const failed = Symbol('failed')

type Callable = hbs.AST.MustacheStatement | hbs.AST.SubExpression

/** The value of an expression. What is `asked` for only may be absent; what is `needed` may not. */
export function evaluate(node: hbs.AST.Node, scope: Scope, mode: 'asked' | 'needed'): Named | typeof failed {
  scope.budget.spend(scope.offsetOf(node.loc.start))
  switch (node.type) {
    case 'MustacheStatement':
    case 'SubExpression':
      return evaluateCall(node as Callable, scope, mode)
    case 'PathExpression':
      return present(resolve(node as hbs.AST.PathExpression, scope), node, scope, mode)
    case 'StringLiteral':
      return { value: scope.texts[Number((node as hbs.AST.StringLiteral).value)] ?? '', name: null }
    case 'NumberLiteral':
    case 'BooleanLiteral':
      return { value: (node as hbs.AST.NumberLiteral | hbs.AST.BooleanLiteral).value, name: null }
    default:
      return { value: undefined, name: null }
  }
}

function evaluateCall(node: Callable, scope: Scope, mode: 'asked' | 'needed'): Named | typeof failed {
  const path: hbs.AST.Node = node.path
  const name = path.type === 'PathExpression' ? (path as hbs.AST.PathExpression).original : ''
  if (node.params.length === 0 && !helpers.has(name)) return evaluate(path, scope, mode)
  if (name === 'lookup') return evaluateLookup(node, scope, mode)
  const helper = helpers.get(name)
  if (!helper)
    return fail(scope, path, `there is no helper ${name}.${suggestion(name, [...helpers.keys(), 'lookup'])}`)
  const given = argumentsOf(node.params, scope, helper.takesAbsent ? 'asked' : 'needed')
  if (given === failed) return failed
  const values = given.map(({ value }) => value)
  if (values.length < helper.least || values.length > helper.most) {
    const wanted = helper.least === helper.most ? String(helper.least) : `${helper.least} or more`
    return fail(
      scope,
      path,
      `${name} takes ${wanted} value${wanted === '1' ? '' : 's'}, not ${values.length}`,
    )
  }
  try {
    scope.budget.spend(scope.offsetOf(path.loc.start), lengthOf(values) + (helper.extraWork ?? 0))
    const value = helper.run(values, scope)
    return present({ value, name: null, ...originOfCall(name, given, value) }, node, scope, mode)
  } catch (error) {
    if (error instanceof HelperFault) return fail(scope, path, error.message)
    throw error
  }
}

/** `lookup Repository "Type"`: a name that is itself computed. */
function evaluateLookup(node: Callable, scope: Scope, mode: 'asked' | 'needed'): Named | typeof failed {
  const [from, key] = node.params.map((param) => evaluate(param, scope, 'needed'))
  if (from === failed || key === failed) return failed
  if (from === undefined || key === undefined || node.params.length !== 2) {
    return fail(scope, node, 'lookup takes 2 values: a group of values and a name in it')
  }
  return present(lookUp(from, [String(key.value)]), node, scope, mode)
}

function argumentsOf(
  nodes: hbs.AST.Expression[],
  scope: Scope,
  mode: 'asked' | 'needed',
): Named[] | typeof failed {
  const results = nodes.map((node) => evaluate(node, scope, mode))
  const had = results.filter((result) => result !== failed)
  return had.length < results.length ? failed : had
}

function resolve(path: hbs.AST.PathExpression, scope: Scope): Named | Unknown {
  const [first, ...rest] = path.parts
  if (path.data) {
    if (first === 'root') return lookUp(scope.root, rest)
    for (let frame: Frame | null = scope.frame; frame && first; frame = frame.parent) {
      if (frame.data.has(first)) return lookUp({ value: frame.data.get(first), name: null }, rest)
    }
    return {
      unknown: `there is no @${first ?? ''} here; @key, @index, @first and @last are known inside each, @root everywhere`,
    }
  }
  let frame = scope.frame
  for (let up = path.depth; up > 0; up--) {
    if (!frame.parent) return { unknown: '../ leads out of the data here' }
    frame = frame.parent
  }
  const scoped = path.depth > 0 || /^(\.|this\b)/.test(path.original)
  for (let at: Frame | null = frame; at && first && !scoped; at = at.parent) {
    const parameter = at.parameters.get(first)
    if (parameter) return lookUp(parameter, rest)
  }
  return lookUp(frame.here, path.parts)
}

function present(
  found: Named | Unknown,
  node: hbs.AST.Node,
  scope: Scope,
  mode: 'asked' | 'needed',
): Named | typeof failed {
  if ('unknown' in found) return fail(scope, node, found.unknown)
  if (mode === 'needed' && (found.value === undefined || found.value === null)) {
    return fail(scope, node, found.name ? absentMessage(found.name) : 'this has no value here')
  }
  return found
}

function lengthOf(values: unknown[]): number {
  return values.reduce<number>((sum, value) => sum + (typeof value === 'string' ? value.length : 0), 0)
}

function fail({ problems, offsetOf }: Scope, node: hbs.AST.Node, message: string): typeof failed {
  problems.push({ offset: offsetOf(node.loc.start), path: '', message })
  return failed
}
