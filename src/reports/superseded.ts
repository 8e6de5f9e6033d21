import type { Published, ReportItem, ReportKind } from './report.ts'
import { short } from './words.ts'

/** The commit of which a part of a report says that the end is still to come; undefined where it says how it ended. */
export function openOn(item: ReportItem): string | undefined {
  switch (item.kind) {
    case 'status':
      return item.state === 'pending' ? item.hash : undefined
    case 'check':
      return item.state === 'queued' || item.state === 'running' ? item.hash : undefined
    // A comment is of no commit, and one deployment ends those before it.
    case 'comment':
    case 'deployment':
      return undefined
  }
}

/** What is to be said of a commit before anything is said of the `newer` one: otherwise it would be waited for it for ever. */
export function endOfOlder(
  kind: ReportKind,
  said: Published | undefined,
  { newer, ...about }: { newer: string; change: string; mark: string; url: string },
): ReportItem | null {
  const hash = said?.open
  if (hash === undefined || hash === newer) return null
  const title = `Superseded by ${short(newer)}`
  switch (kind) {
    case 'status':
      return { kind, ...about, hash, state: 'error', description: title }
    case 'check':
      return {
        kind,
        ...about,
        hash,
        state: 'cancelled',
        title,
        summary: `The change offers a newer commit, ${short(newer)}; see there.`,
        text: '',
        annotations: [],
        startedAt: null,
        endedAt: null,
      }
    case 'comment':
    case 'deployment':
      return null
  }
}
