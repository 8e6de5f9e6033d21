import type { Problem } from '../faults.ts'
import type { TextBuilder } from '../mapped-text.ts'
import { evaluate, failed, type Scope } from './evaluate-expression.ts'
import { isTrue, text as textOf } from './helper-table.ts'
import { shownInIdentity } from './identity.ts'
import { isGroup, type Named } from './lookup.ts'

export interface Evaluation extends Scope {
  out: TextBuilder
  /** Pieces of the same text with placeholders for the environment's own facts. */
  identity: string[]
}

/** Writes what a parsed template makes to `out`. Problems are noted and the rest goes on; a spent budget throws. */
export function evaluateProgram(program: hbs.AST.Program | undefined, evaluation: Evaluation): void {
  for (const statement of program?.body ?? []) evaluateStatement(statement, evaluation)
}

function evaluateStatement(statement: hbs.AST.Statement, evaluation: Evaluation): void {
  switch (statement.type) {
    case 'ContentStatement':
      return writeContent(statement as hbs.AST.ContentStatement & { original: string }, evaluation)
    case 'MustacheStatement':
      return writeValue(statement as hbs.AST.MustacheStatement, evaluation)
    case 'BlockStatement':
      return evaluateBlock(statement as hbs.AST.BlockStatement, evaluation)
    case 'CommentStatement':
      return
    default:
      note(evaluation, statement, 'this is not known in a Qaackfile')
  }
}

function writeContent(
  content: { value: string; original: string; loc: hbs.AST.SourceLocation },
  { out, identity, offsetOf, budget }: Evaluation,
): void {
  const { value, original } = content
  // Trimming takes whitespace only, so the first character that is none tells how much went in front.
  const cut = Math.max(0, original.search(/\S/) - value.search(/\S/))
  const offset = offsetOf(content.loc.start) + (value.trim() === '' ? 0 : cut)
  budget.spend(offset)
  budget.write(offset, value.length)
  out.copy(value, offset)
  identity.push(value)
}

function writeValue(mustache: hbs.AST.MustacheStatement, evaluation: Evaluation): void {
  const result = evaluate(mustache, evaluation, 'needed')
  if (result === failed) return
  const offset = evaluation.offsetOf(mustache.loc.start)
  if (isGroup(result.value)) {
    const known = Object.keys(result.value).slice(0, 12).join(', ')
    return note(
      evaluation,
      mustache,
      `${result.name ?? 'this'} is a group of values; ask for one of them: ${known}`,
    )
  }
  const written = textOf(result.value)
  evaluation.budget.write(offset, written.length)
  evaluation.out.make(written, offset)
  evaluation.identity.push(shownInIdentity(result) ?? written)
}

function evaluateBlock(block: hbs.AST.BlockStatement, evaluation: Evaluation): void {
  const [condition] = block.params
  if (condition === undefined) return note(evaluation, block, `${block.path.original} needs a condition`)
  const result = evaluate(condition, evaluation, 'asked')
  if (result === failed) return
  const holds = isTrue(result.value)
  switch (block.path.original) {
    case 'if':
      return evaluateProgram(holds ? block.program : block.inverse, evaluation)
    case 'unless':
      return evaluateProgram(holds ? block.inverse : block.program, evaluation)
    case 'with':
      if (!holds) return evaluateProgram(block.inverse, evaluation)
      return evaluateProgram(block.program, inside(evaluation, result, block.program.blockParams, []))
    case 'each':
      return evaluateEach(block, result, evaluation)
    default:
      note(evaluation, block, `there is no block ${block.path.original}`)
  }
}

function evaluateEach(block: hbs.AST.BlockStatement, group: Named, evaluation: Evaluation): void {
  if (group.value !== undefined && !isGroup(group.value))
    return note(evaluation, block, 'only a group of values can be gone through')
  const entries = Object.entries(group.value ?? {}).filter(([, value]) => value !== undefined)
  if (entries.length === 0) return evaluateProgram(block.inverse, evaluation)
  entries.forEach(([key, value], index) => {
    evaluation.budget.spend(evaluation.offsetOf(block.loc.start))
    const here = { value, name: group.name === null ? null : `${group.name}.${key}` }
    const data: [string, unknown][] = [
      ['key', key],
      ['index', index],
      ['first', index === 0],
      ['last', index === entries.length - 1],
    ]
    evaluateProgram(block.program, inside(evaluation, here, block.program.blockParams, data))
  })
}

function inside(
  evaluation: Evaluation,
  here: Named,
  names: string[] | undefined,
  data: [string, unknown][],
): Evaluation {
  const values = [here, { value: data[0]?.[1], name: null }]
  const parameters = new Map(
    (names ?? []).map((name, index) => [name, values[index] ?? { value: undefined, name: null }]),
  )
  return { ...evaluation, frame: { here, parameters, data: new Map(data), parent: evaluation.frame } }
}

function note(
  { problems, offsetOf }: { problems: Problem[]; offsetOf: Scope['offsetOf'] },
  node: hbs.AST.Node,
  message: string,
): void {
  problems.push({ offset: offsetOf(node.loc.start), path: '', message })
}
