import { checkOf } from './check.ts'
import { commentOf } from './comment.ts'
import { deploymentOf } from './deployment.ts'
import type { ReportFacts } from './facts.ts'
import { phaseOf, type Phase } from './phase.ts'
import type { Report, ReportKind } from './report.ts'
import { statusOf } from './status.ts'

/** What is to be seen on a change, from what is known of it. The same facts give the same report, whatever time it is. */
export function reportOf(given: ReportFacts): Report {
  const facts = masked(given)
  const phase = phaseOf(facts)
  if (!phase) return { comment: null, status: null, check: null, deployment: null }
  // Also of what was switched off since: a comment must not call a preview ready for ever that is gone.
  const isOn = (kind: ReportKind) =>
    facts.repository.settings.report[kind] || (phase.kind === 'closed' && facts.published.includes(kind))
  const speaks = (kind: ReportKind) => isOn(kind) && hasToSay(kind, phase, facts)
  return {
    comment: speaks('comment') ? { body: commentOf(phase, facts) } : null,
    status: speaks('status') ? statusOf(phase, facts) : null,
    check: speaks('check') ? checkOf(phase, facts) : null,
    deployment: isOn('deployment') ? deploymentOf(phase, facts) : null,
  }
}

/** Whoever was told something is told its end; a change without a Qaackfile, or that ended before anything was said, hears nothing. */
function hasToSay(kind: ReportKind, phase: Phase, { published }: ReportFacts): boolean {
  switch (phase.kind) {
    case 'silent':
      return kind === 'comment' && published.includes(kind)
    case 'closed':
      return published.includes(kind)
    default:
      return true
  }
}

/** Before anything is escaped or cut, which would hide from `mask` what it looks for. */
function masked(facts: ReportFacts): ReportFacts {
  const { mask, change, environment, build } = facts
  return {
    ...facts,
    log: mask(facts.log),
    change: change.verdict
      ? { ...change, verdict: { ...change.verdict, why: mask(change.verdict.why) } }
      : change,
    environment: environment && { ...environment, reason: mask(environment.reason) },
    build: build && {
      ...build,
      reason: mask(build.reason),
      faults: build.faults.map((fault) => ({ ...fault, message: mask(fault.message) })),
    },
  }
}
