import type { BuildRecord } from '../builds/build.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { isApproved, type ChangeRecord, type Verdict } from './change.ts'

export function sameVerdict(one: Verdict, other: Verdict): boolean {
  return one.kind === other.kind && one.hash === other.hash && one.why === other.why
}

/** Whether nothing of what is known of a change waits for a decision. */
export function isSettled(change: ChangeRecord): boolean {
  const { verdict, hash, state } = change
  if (verdict?.hash !== hash) return false
  if ((verdict.kind === 'closed') !== (state !== 'open')) return false
  return verdict.kind !== 'approval' || !isApproved(change)
}

/** The preview of a change before and after something was done; undefined where there was or is none. */
export interface Seen {
  before: EnvironmentRecord | undefined
  after: EnvironmentRecord | undefined
}

/** Whether a build of the preview began in between. */
export function isBegun(seen: Seen): boolean {
  return seen.after !== undefined && seen.after.builds > (seen.before?.builds ?? 0)
}

/** Why the newest build was not made from what the change is now, though its commit is the same; undefined if it was. */
export function isOutdated(change: ChangeRecord, build: BuildRecord | undefined): string | undefined {
  if (!build || build.hash !== change.hash) return undefined
  const target = build.source?.change?.Target ?? build.source?.target?.name
  // Begun, but what from is not written down yet: if the target was changed just now, it may be the old one.
  const unsure = build.source === null && build.status === 'running' && change.verdict === null
  if (!unsure && (target === undefined || target === change.target)) return undefined
  return `it is offered to ${change.target} now`
}

/** What came of a look at a change, as a sentence. */
export function outcomeText(seen: Seen, { name }: ChangeRecord, verdict: Verdict): string {
  const came = [whatCame(seen, verdict.kind), verdict.why].filter((text) => text !== '').join(': ')
  return `change ${name} at ${verdict.hash.slice(0, 7)}: ${came}`
}

function whatCame(seen: Seen, kind: Verdict['kind']): string {
  switch (kind) {
    case 'build':
      if (isBegun(seen)) return `build ${seen.after?.builds} of its preview is on its way`
      return seen.after?.state === 'empty'
        ? 'its preview was deleted, and stays so until the next commit'
        : 'nothing new for its preview'
    case 'closed':
    case 'remove':
      if (seen.after) return 'its preview stays'
      return seen.before ? 'its preview was removed' : 'there is no preview of it'
    case 'approval':
      return 'waits for approval'
    case 'ignored':
    case 'silent':
      return 'ignored'
  }
}
