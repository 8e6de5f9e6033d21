import { createHash } from 'node:crypto'
import { reportOf } from './compose.ts'
import type { ReportFacts } from './facts.ts'
import { reportKinds, type Published, type ReportItem, type ReportKind, type ReportRecord } from './report.ts'
import { endOfOlder } from './superseded.ts'

/** A part of a report that the host does not show yet as it should. */
export interface Unsaid {
  item: ReportItem
  digest: string
  /** It only ends what was said of an older commit. */
  isEnd: boolean
}

/** What is to be published, in order, of the kinds that the host shows. What it refused is asked for again after a while. */
export function unsaidOf(
  facts: ReportFacts,
  published: ReportRecord['published'],
  given: { shows: readonly ReportKind[]; now: number },
): Unsaid[] {
  const report = reportOf(facts)
  return reportKinds
    .filter((kind) => given.shows.includes(kind))
    .flatMap((kind) => {
      const item = itemOf(kind, report, facts)
      const end = endOf(kind, item, facts, published[kind])
      return [...(end ? [unsaid(end, true)] : []), ...(item ? [unsaid(item, false)] : [])]
    })
    .filter(({ item, digest, isEnd }) => isEnd || isUnsaid(published[item.kind], digest, given.now))
}

function unsaid(item: ReportItem, isEnd: boolean): Unsaid {
  return { item, digest: digestOf(item), isEnd }
}

function endOf(
  kind: ReportKind,
  item: ReportItem | null,
  facts: ReportFacts,
  said: Published | undefined,
): ReportItem | null {
  const { name, hash, url } = facts.change
  const newer = item && 'hash' in item ? item.hash : hash
  return endOfOlder(kind, said, { newer, change: name, mark: markOf(facts), url })
}

/** Whether nobody has to look at the change again until there is news of it. */
export function isAtRest({ change, environment }: ReportFacts): boolean {
  return change.state !== 'open' && (environment === null || environment.state === 'empty')
}

/** When it is to be looked at again without news, in ms since 1970; null if not at all. `owner` asks. */
export function dueOf(record: ReportRecord | undefined, owner: string): number | null {
  if (!record) return null
  const { lease, retryAt, published } = record
  // One of our own that is left over from an error is no reason to wait.
  const leased = lease ? [lease.owner === owner ? 0 : lease.until + 1] : []
  const refused = Object.values(published).flatMap(({ refused }) => (refused ? [refused.until] : []))
  const times = [...leased, ...(retryAt === null ? [] : [retryAt]), ...refused]
  return times.length === 0 ? null : Math.min(...times)
}

function itemOf(
  kind: ReportKind,
  report: ReturnType<typeof reportOf>,
  facts: ReportFacts,
): ReportItem | null {
  const about = { change: facts.change.name, mark: markOf(facts) }
  switch (kind) {
    case 'comment':
      return report.comment && { kind, ...report.comment, ...about }
    case 'status':
      return report.status && { kind, ...report.status, ...about }
    case 'check':
      return report.check && { kind, ...report.check, ...about }
    case 'deployment':
      return report.deployment && { kind, ...report.deployment, ...about }
  }
}

/** By the host's own names: a repository that went and came back is another record, but what was said on its changes is there. */
function markOf({ change, repository }: ReportFacts): string {
  const { hostKey } = repository.params
  return hostKey === undefined ? change.id : `${hostKey}-${change.name}`
}

function digestOf(item: ReportItem): string {
  return createHash('sha256').update(JSON.stringify(item)).digest('base64url')
}

function isUnsaid(said: Published | undefined, digest: string, now: number): boolean {
  if (said?.digest !== digest) return true
  return said.refused !== null && said.refused.until <= now
}
