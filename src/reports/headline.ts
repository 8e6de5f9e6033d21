import { hasLockedService } from '../environments/expiry.ts'
import type { ReportFacts } from './facts.ts'
import { bounded } from './markdown.ts'
import { durationOf, type Phase, type PhaseKind } from './phase.ts'
import { duration, sentenceAndDetails, short } from './words.ts'

/** Of the comment. Each state has its own, so that a glance is enough. */
export function heading(phase: Phase, { change }: ReportFacts): string {
  if (phase.kind !== 'closed') return headings[phase.kind]
  return change.state === 'merged' ? '🏁 Merged' : '🏁 Closed'
}

const headings: Record<Exclude<PhaseKind, 'closed'>, string> = {
  approval: '🔒 Preview waits for approval',
  waiting: '⏳ Preview waits for a slot',
  hindered: '⚠️ Preview not made anew',
  creating: '⏳ Preview: creating the services',
  building: '⏳ Preview: building',
  created: '⏸️ Preview created, not built',
  ready: '✅ Preview ready',
  failed: '❌ Preview failed',
  broken: '⚠️ Preview failed, not through your code',
  cancelled: '⏹️ Preview cancelled',
  deleted: '🗑️ Preview deleted',
  ignored: '➖ No preview',
  removed: '➖ No preview',
  silent: '➖ No preview',
}

/** A locked service keeps the preview of a change that has ended. */
export function isKept({ environment }: ReportFacts): boolean {
  return environment !== null && hasLockedService(environment)
}

/** The whole state in one line of plain text of at most 140 characters, the same for status, check and deployment. */
export function headline(phase: Phase, facts: ReportFacts): string {
  return bounded(said(phase, facts), 140)
}

function said(phase: Phase, facts: ReportFacts): string {
  const why = sentenceAndDetails(phase.why).sentence
  const because = why === '' ? '' : `: ${why.replace(/:$/, '')}`
  switch (phase.kind) {
    case 'approval':
      return `Waits for approval of ${short(phase.hash)}: comment /qaack approve ${phase.hash}`
    case 'waiting':
      return 'The preview waits for a slot'
    case 'creating':
    case 'building':
      return 'The preview is being built'
    case 'hindered':
      return `Not built${because}`
    case 'created':
      return 'The services are created; no build was asked for'
    case 'ready':
      return `Ready${took(phase)}`
    case 'failed':
      return `Failed${because}`
    case 'broken':
      return `Failed, not through your code${because}`
    case 'cancelled':
      return 'The build was cancelled'
    case 'deleted':
      return `The preview is gone${because}`
    case 'ignored':
    case 'removed':
    case 'silent':
      return `No preview${because}`
    case 'closed':
      return `The change was ${facts.change.state === 'merged' ? 'merged' : 'closed'}; its preview ${isKept(facts) ? 'stays' : 'is gone'}`
  }
}

function took(phase: Phase): string {
  const milliseconds = durationOf(phase)
  return milliseconds === null ? '' : ` after ${duration(milliseconds)}`
}
