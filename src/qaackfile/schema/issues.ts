import type { z } from 'zod'
import type { Finding } from '../checks/finding.ts'
import { childOf, partAt, type Path, type Tree } from '../yaml/tree.ts'

/** The schema's issues as findings: what is wrong, what would be right, and what stands there. */
export function findingsOf(issues: readonly z.core.$ZodIssue[], tree: Tree, above: Path = []): Finding[] {
  return issues.flatMap((issue) => findingsOfIssue(issue, tree, [...above, ...issue.path.map(step)]))
}

function findingsOfIssue(issue: z.core.$ZodIssue, tree: Tree, path: Path): Finding[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.message
      .split('\n')
      .map((message, index) => ({ path: [...path, issue.keys[index] ?? ''], at: 'name', message }))
  }
  if (issue.code === 'invalid_union') {
    // The shape that was meant is the one whose own kind is right and only something in it is wrong.
    const meant = issue.errors.find((errors) => errors.length > 0 && !errors.some(isWrongKind))
    if (meant) return findingsOf(meant, tree, path)
  }
  const parent = partAt(tree, path.slice(0, -1))
  const last = path.at(-1)
  if (last !== undefined && childOf(parent, last) === undefined) {
    return [{ path, at: 'value', message: `is missing; it ${issue.message}` }]
  }
  return [{ path, at: 'value', message: `${issue.message}${instead(partAt(tree, path), issue)}` }]
}

function isWrongKind(issue: z.core.$ZodIssue): boolean {
  return issue.path.length === 0 && (issue.code === 'invalid_type' || issue.code === 'invalid_union')
}

function step(part: PropertyKey): string | number {
  return typeof part === 'number' ? part : String(part)
}

function instead(part: Tree, issue: z.core.$ZodIssue): string {
  // A message of several sentences already says what stands there.
  if (/[.?]$/.test(issue.message)) return ''
  if (part.kind === 'list') return ', not a list'
  if (part.kind === 'map') return ', not a map'
  if (part.value === null) return ', not nothing'
  const shown = part.text.length > 60 ? `${part.text.slice(0, 60)}…` : part.text
  if (typeof part.value === 'string') return `, not ${JSON.stringify(shown)}`
  const quote =
    issue.code === 'invalid_type' && issue.expected === 'string' ? `; write it in quotes if it is meant` : ''
  return `, not ${shown}${quote}`
}
