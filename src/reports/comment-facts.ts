import { isApproved } from '../changes/change.ts'
import type { ReportFacts } from './facts.ts'
import { code, link, text } from './markdown.ts'
import { durationOf, type Phase } from './phase.ts'
import { date, duration, lifetime, short } from './words.ts'

/** Commit, what it was merged into, build, time, expiry: in one line. */
export function factsLine(phase: Phase, facts: ReportFacts): string {
  return [
    `Commit ${commitText(phase.hash, facts)}${mergedText(phase, facts)}`,
    phase.build ? `build ${phase.build.number}` : '',
    durationText(phase),
    approvalFact(phase, facts),
    expiryText(phase, facts),
  ]
    .filter((part) => part !== '')
    .join(' · ')
}

/** A link where the host has a page of it. */
export function commitText(hash: string, { webUrl }: ReportFacts): string {
  const name = code(short(hash))
  return webUrl === null || !/^[0-9a-f]+$/.test(hash) ? name : link(name, `${webUrl}/commit/${hash}`)
}

function mergedText({ build }: Phase, facts: ReportFacts): string {
  const target = build?.source?.target
  return target ? ` merged into ${code(target.name)} at ${commitText(target.hash, facts)}` : ''
}

function durationText(phase: Phase): string {
  const isTold = phase.kind === 'ready' || phase.kind === 'failed' || phase.kind === 'broken'
  const milliseconds = isTold ? durationOf(phase) : null
  if (milliseconds === null) return ''
  return `${phase.build?.outcome === 'succeeded' ? 'built in' : 'failed after'} ${duration(milliseconds)}`
}

function approvalFact({ kind, hash, build }: Phase, { change }: ReportFacts): string {
  if (!change.fork || !build || kind === 'closed' || change.hash !== hash || !isApproved(change)) return ''
  return `approved by ${text(change.approved?.by ?? '', 100)}, built without secrets`
}

function expiryText({ kind }: Phase, { environment }: ReportFacts): string {
  if (kind === 'closed' || !environment || environment.state === 'empty' || environment.expiresAt === null)
    return ''
  return `expires ${date(environment.expiresAt)}, ${lifetime(environment.ttl)} after it was created`
}
