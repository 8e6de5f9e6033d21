import type { ReportFacts } from './facts.ts'
import { code, fence, text } from './markdown.ts'
import type { Phase } from './phase.ts'
import { duration, linesOf, sentence, sentenceAndDetails } from './words.ts'

/** Lines that are shown of what a step said last, of the faults of a Qaackfile, of the files of a conflict. */
const mostLines = 20

/** Why it failed, in which step, and the lines that tell more. */
export function failureText(phase: Phase, facts: ReportFacts): string {
  const reason = sentenceAndDetails(phase.why)
  const lines = reason.details.length > 0 ? reason.details : beforeTheEnd(linesOf(facts.log))
  const blame =
    phase.kind === 'broken' ? ' This is not the fault of the change; `/qaack rebuild` tries again.' : ''
  const parts = [`${sentence(text(reason.sentence))}${blame}`, stepText(phase)]
  // Faults are read from the first one on, a log from its end.
  const shown = phase.build?.faults.length ? firstOf(lines) : lastOf(lines)
  if (lines.length > 0) parts.push(fence(shown))
  return parts.filter((part) => part !== '').join('\n\n')
}

function stepText({ kind, why, build }: Phase): string {
  const step =
    build?.outcome === 'failed' && kind === 'failed'
      ? build.steps.find(({ exitCode }) => exitCode !== 0)
      : undefined
  if (!step) return ''
  const named = `${step.service}.${step.step}`
  // Most reasons say it themselves.
  if (why.includes(named)) return ''
  const name = code(named)
  const took = step.endedAt === null ? '' : ` after ${duration(step.endedAt - step.startedAt)}`
  return `Step ${name} ended${step.exitCode === null ? '' : ` with exit code ${step.exitCode}`}${took}.`
}

/** The log ends with the reason, which is told already. */
function beforeTheEnd(lines: string[]): string[] {
  const end = lines.findLastIndex((line) => line.startsWith('==> failed: '))
  return end < 0 ? lines : lines.slice(0, end)
}

function firstOf(lines: string[]): string[] {
  const left = lines.length - mostLines
  return left > 0 ? [...lines.slice(0, mostLines), `… and ${left} more`] : lines
}

function lastOf(lines: string[]): string[] {
  return lines.slice(-mostLines)
}
