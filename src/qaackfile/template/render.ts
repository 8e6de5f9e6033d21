import Handlebars from 'handlebars'
import { lineStarts, type Problem } from '../faults.ts'
import { textBuilder, type MappedText } from '../mapped-text.ts'
import type { TemplateData } from '../qaackfile.ts'
import { BudgetSpent, createBudget } from './budget.ts'
import { evaluateProgram } from './evaluate.ts'
import { rootOf } from './lookup.ts'
import { translate } from './translate.ts'

/**
 * Renders a template, in Handlebars' or Go's spelling. `text` is clean (see source.ts); the result knows where each of its
 * places came from. Time and size are bounded; every problem that can be told at once is told. `identity` is the same text
 * with placeholders for the environment's own facts (see identity.ts).
 *
 * Handlebars reads the template, but the tree is evaluated here and not compiled: compiling makes a JavaScript function
 * of a stranger's text, which can neither be stopped nor asked where in the file it is.
 */
export function renderTemplate(
  text: string,
  data: TemplateData,
): { rendered: MappedText; identity: string; problems: Problem[] } {
  const { translated, problems } = translate(text)
  const out = textBuilder()
  const identity: string[] = []
  if (problems.length > 0) return { rendered: out.finish(), identity: '', problems }
  try {
    const program = Handlebars.parse(translated.text, { ignoreStandalone: true })
    const starts = lineStarts(translated.text)
    evaluateProgram(program, {
      frame: { here: rootOf(data), parameters: new Map(), data: new Map(), parent: null },
      offsetOf: ({ line, column }) => translated.sourceOffset((starts[line - 1] ?? 0) + column),
      texts: translated.texts,
      repositoryParams: data.RepositoryParams,
      root: rootOf(data),
      budget: createBudget(),
      problems,
      out,
      identity,
    })
  } catch (error) {
    if (error instanceof BudgetSpent)
      problems.push({ offset: error.offset, path: '', message: error.message })
    else problems.push({ offset: 0, path: '', message: `the template cannot be read: ${firstLine(error)}` })
  }
  return { rendered: out.finish(), identity: identity.join(''), problems }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? ''
}
