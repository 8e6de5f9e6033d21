import { addressLines, cloneLines } from './comment-addresses.ts'
import { factsLine } from './comment-facts.ts'
import { reusedLine } from './comment-reused.ts'
import { approvalText } from './comment-approval.ts'
import { failureText } from './comment-failure.ts'
import type { ReportFacts } from './facts.ts'
import { heading, isKept } from './headline.ts'
import { details, text } from './markdown.ts'
import type { Phase } from './phase.ts'
import { sentence } from './words.ts'

/**
 * The one comment of a change, as Markdown of less than 60,000 characters: each piece that comes from people is bounded where
 * it is put in. Says nothing that passes with time, so that it is edited for news only.
 */
export function commentOf(phase: Phase, facts: ReportFacts): string {
  return paragraphs([
    `### ${heading(phase, facts)}`,
    story(phase, facts),
    addressLines(phase, facts),
    cloneLines(phase, facts),
    factsLine(phase, facts),
    reusedLine(phase, facts),
    phase.kind === 'closed' || facts.help === '' ? '' : details('Commands', facts.help.trim()),
  ])
}

/** What happened and why, without addresses, for the comment and the check. */
export function story(phase: Phase, facts: ReportFacts): string {
  const why = phase.why === '' ? '' : sentence(text(phase.why))
  switch (phase.kind) {
    case 'approval':
      return approvalText(phase, facts)
    case 'failed':
    case 'broken':
      return failureText(phase, facts)
    case 'created':
      return 'Its services were created, but no build was asked for: `/qaack build` builds it.'
    case 'cancelled':
      return paragraphs([why, '`/qaack build` begins again.'])
    case 'deleted':
      return paragraphs([why, '`/qaack build` makes it again, and so does the next commit.'])
    case 'ignored':
      return paragraphs([why, '`/qaack build` builds it all the same.'])
    case 'hindered':
    case 'removed':
    case 'silent':
      return why
    case 'closed':
      return isKept(facts) ? why : 'The preview is gone.'
    case 'waiting':
    case 'creating':
    case 'building':
    case 'ready':
      return ''
  }
}

function paragraphs(parts: string[]): string {
  return parts.filter((part) => part !== '').join('\n\n')
}
