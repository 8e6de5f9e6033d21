import { addressLines } from './comment-addresses.ts'
import { factsLine } from './comment-facts.ts'
import { reusedLine } from './comment-reused.ts'
import { story } from './comment.ts'
import type { ReportFacts } from './facts.ts'
import { headline } from './headline.ts'
import { bounded, code, fence, table } from './markdown.ts'
import { resultOf, type Phase } from './phase.ts'
import type { Annotation, CheckReport } from './report.ts'
import { urlOf } from './status.ts'
import { duration, linesOf } from './words.ts'

const mostLogLines = 100
const mostSteps = 100

/** The longest report: steps, end of the log, and faults of the Qaackfile at their lines. */
export function checkOf(phase: Phase, facts: ReportFacts): CheckReport {
  const { build } = phase
  const isEnded = build?.status === 'ended'
  return {
    hash: phase.hash,
    state: stateOf(phase),
    title: headline(phase, facts),
    summary: [
      story(phase, facts),
      addressLines(phase, facts),
      factsLine(phase, facts),
      reusedLine(phase, facts),
    ]
      .filter((part) => part !== '')
      .join('\n\n'),
    text: [stepsText(phase), logText(phase, facts)].filter((part) => part !== '').join('\n\n'),
    annotations: annotationsOf(phase),
    url: urlOf(facts),
    // Of a build that waits nothing has begun; later it counts from the wish, so that it does not change at every stage.
    startedAt: build && phase.kind !== 'waiting' ? build.requestedAt : null,
    endedAt: isEnded ? build.endedAt : null,
  }
}

function stateOf(phase: Phase): CheckReport['state'] {
  switch (phase.kind) {
    case 'approval':
    case 'hindered':
      return 'action-required'
    case 'waiting':
      return 'queued'
    case 'creating':
    case 'building':
      return 'running'
    case 'ready':
      return 'success'
    case 'failed':
    case 'broken':
      return 'failure'
    case 'cancelled':
      return 'cancelled'
    case 'created':
    case 'ignored':
    case 'removed':
    case 'silent':
      return 'neutral'
    case 'deleted':
    case 'closed':
      return results[resultOf(phase) ?? 'none']
  }
}

const results = { succeeded: 'success', failed: 'failure', lost: 'failure', none: 'neutral' } as const

function stepsText({ build }: Phase): string {
  if (!build || build.steps.length === 0) return ''
  const rows = build.steps
    .slice(-mostSteps)
    .map(({ service, step, startedAt, endedAt, exitCode }) => [
      code(`${service}.${step}`),
      endedAt === null ? '' : duration(endedAt - startedAt),
      exitCode === null ? 'none' : String(exitCode),
    ])
  return table(['Step', 'Time', 'Exit code'], rows)
}

/** Of a build that ended by itself: what stands in the log of another one may still grow. */
function logText(phase: Phase, { log }: ReportFacts): string {
  const lines = resultOf(phase) === null ? [] : linesOf(log)
  return lines.length === 0 ? '' : `End of the log:\n\n${fence(lines.slice(-mostLogLines), 400)}`
}

/** Only where the lines are those of the commit: not for a Qaackfile of the settings or of the target branch. */
function annotationsOf({ build }: Phase): Annotation[] {
  if (
    !build ||
    (build.source && build.source.qaackfile !== build.source.commit && build.source.qaackfile !== build.hash)
  )
    return []
  return build.faults
    .filter(({ file }) => /^\.?qaack\//.test(file))
    .map(({ file, line, column, path, message }) => ({
      file,
      line,
      column,
      message: bounded(path === '' ? message : `${path}: ${message}`, 1000),
    }))
}
