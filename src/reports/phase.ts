import type { BuildRecord, Outcome } from '../builds/build.ts'
import type { ChangeRecord, Verdict } from '../changes/change.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import type { ReportFacts } from './facts.ts'

/** Where the commit that was decided about stands, in one word. All parts of a report follow from it. */
export type PhaseKind =
  | 'approval'
  /** For a slot, or for its environment to begin. */
  | 'waiting'
  /** By a locked service, from being made anew. */
  | 'hindered'
  | 'creating'
  | 'building'
  /** Its services are there, but no build was asked for. */
  | 'created'
  | 'ready'
  /** Through the code that was built. */
  | 'failed'
  /** Through us. */
  | 'broken'
  | 'cancelled'
  | 'deleted'
  | 'ignored'
  | 'removed'
  | 'silent'
  | 'closed'

export interface Phase {
  kind: PhaseKind
  /** The commit it is about: a newer one that nobody has decided about yet is not spoken of. */
  hash: string
  /** Why it is so; further lines are details, such as the last output of a step. Empty where the kind says all. */
  why: string
  /** The newest build, if it is of that commit. */
  build: BuildRecord | null
}

/** Undefined before the first decision. */
export function phaseOf({
  change,
  environment,
  build: newest,
}: Pick<ReportFacts, 'change' | 'environment' | 'build'>): Phase | undefined {
  const verdict = verdictOf(change, environment && newest)
  if (!verdict) return undefined
  const { hash } = verdict
  const build = newest?.hash === hash ? newest : null
  const isThere = environment !== null && environment.state !== 'empty'
  // Its preview goes before that is written down as the decision.
  if (change.state !== 'open' && !isThere) return { kind: 'closed', hash, why: '', build }
  const told = verdictPhases[verdict.kind]
  const onDemand = told === 'ignored' && build !== null && isThere
  if (told && !onDemand) return { kind: told, hash, why: verdict.why, build }
  return { ...environmentPhase(verdict, environment, build), hash, build }
}

/** A build of the offered commit begins before that is written down as the decision. */
function verdictOf(
  { verdict, hash }: Pick<ChangeRecord, 'verdict' | 'hash'>,
  newest: BuildRecord | null,
): Verdict | null {
  const isBehind = verdict?.hash !== hash && newest?.hash === hash
  return isBehind ? { kind: 'build', hash, why: '' } : verdict
}

const verdictPhases: Record<Verdict['kind'], PhaseKind | undefined> = {
  build: undefined,
  approval: 'approval',
  ignored: 'ignored',
  remove: 'removed',
  closed: 'closed',
  silent: 'silent',
}

function environmentPhase(
  verdict: Verdict,
  environment: EnvironmentRecord | null,
  build: BuildRecord | null,
): Pick<Phase, 'kind' | 'why'> {
  const waiting = { kind: 'waiting', why: '' } as const
  if (!environment) return waiting
  if (environment.ref.hash !== verdict.hash)
    return verdict.why === '' ? waiting : { kind: 'hindered', why: verdict.why }
  const { state, reason: why } = environment
  if (state === 'empty') return environment.generation > 0 ? { kind: 'deleted', why } : waiting
  if (!build) return waiting
  switch (state) {
    case 'queued':
      return waiting
    case 'creating':
      return build.status === 'running' ? { kind: 'creating', why: '' } : waiting
    case 'created':
      return build.status === 'ended' ? { kind: 'created', why: '' } : waiting
    case 'building':
    case 'softrebuilding':
      return { kind: 'building', why: '' }
    case 'built':
      return build.outcome === 'succeeded' ? { kind: 'ready', why: '' } : waiting
    case 'failed':
      return { kind: build.outcome === 'lost' ? 'broken' : 'failed', why: why || build.reason }
    case 'cancelled':
      return { kind: 'cancelled', why }
  }
}

/** How the build of the commit ended, where that is what counts after its preview is gone. */
export function resultOf({ build }: Phase): Extract<Outcome, 'succeeded' | 'failed' | 'lost'> | null {
  const outcome = build?.outcome
  return outcome === 'succeeded' || outcome === 'failed' || outcome === 'lost' ? outcome : null
}

/** Milliseconds from the slot to the end; null while it has none. */
export function durationOf({ build }: Phase): number | null {
  if (!build || build.startedAt === null || build.endedAt === null) return null
  return build.endedAt - build.startedAt
}
