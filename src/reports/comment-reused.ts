import { nobodyAsked } from '../builds/reuse/choose.ts'
import type { ReportFacts } from './facts.ts'
import { code, text } from './markdown.ts'
import type { Phase } from './phase.ts'

/** What the newest build started from, or why it did not start from anything that was saved; empty where nobody asked for it. */
export function reusedLine({ kind, build }: Phase, { environment }: ReportFacts): string {
  const isTold = kind === 'building' || kind === 'ready' || kind === 'failed' || kind === 'broken'
  if (!isTold || !build || !environment) return ''
  const { used, why } = environment.reusable
  if (used === 'reset') return 'Reset to what was saved right after the build.'
  if (used !== null) return `Started from ${code(used)}: ${text(why)}.`
  return why === '' || why === nobodyAsked ? '' : `Nothing saved was used: ${text(why)}.`
}
