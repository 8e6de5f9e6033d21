import { mainAddress } from './comment-addresses.ts'
import type { ReportFacts } from './facts.ts'
import { headline } from './headline.ts'
import { resultOf, type Phase } from './phase.ts'
import type { StatusReport } from './report.ts'

/**
 * On the commit. A host may be told to require it before a change is merged, so what is not for us is a success: it must
 * not block for ever what nothing will ever be built of. What is gone keeps the result of its build.
 */
export function statusOf(phase: Phase, facts: ReportFacts): StatusReport {
  return {
    hash: phase.hash,
    state: stateOf(phase),
    description: headline(phase, facts),
    url: urlOf(facts),
  }
}

/** The preview's address, which shows its state while it does not answer; else the change. */
export function urlOf(facts: ReportFacts): string {
  const { environment, change } = facts
  return environment && environment.state !== 'empty' ? mainAddress(environment, facts) : change.url
}

function stateOf(phase: Phase): StatusReport['state'] {
  switch (phase.kind) {
    case 'approval':
    case 'waiting':
    case 'creating':
    case 'building':
    case 'created':
      return 'pending'
    case 'ready':
    case 'ignored':
    case 'removed':
    case 'silent':
      return 'success'
    case 'failed':
      return 'failure'
    case 'broken':
    case 'hindered':
    case 'cancelled':
      return 'error'
    case 'deleted':
      return results[resultOf(phase) ?? 'lost']
    case 'closed':
      return results[resultOf(phase) ?? 'succeeded']
  }
}

const results = { succeeded: 'success', failed: 'failure', lost: 'error' } as const
