/** The parts of a report on a change, each shown by itself, each switchable per repository. */
export const reportKinds = ['comment', 'status', 'check', 'deployment'] as const

export type ReportKind = (typeof reportKinds)[number]

/** What is to be seen on a change, in words that fit every host; null = that part says nothing. */
export interface Report {
  comment: CommentReport | null
  status: StatusReport | null
  check: CheckReport | null
  deployment: DeploymentReport | null
}

/** A part of a report on its way to the host. */
export type ReportItem = (
  | ({ kind: 'comment' } & CommentReport)
  | ({ kind: 'status' } & StatusReport)
  | ({ kind: 'check' } & CheckReport)
  | ({ kind: 'deployment' } & DeploymentReport)
) & {
  /** Number of the change. */
  change: string
  /** By which the host finds what was made for this change before; one word, the same for ever, no secret. */
  mark: string
}

/** The one comment that is edited for ever. */
export interface CommentReport {
  /** Markdown, without the mark. */
  body: string
}

/** On the commit that the change offers. `description` is at most 140 characters. */
export interface StatusReport {
  hash: string
  state: 'pending' | 'success' | 'failure' | 'error'
  description: string
  url: string
}

export interface CheckReport {
  hash: string
  state: 'queued' | 'running' | 'success' | 'failure' | 'neutral' | 'cancelled' | 'action-required'
  title: string
  /** Markdown. */
  summary: string
  /** Markdown; the steps and the end of the log. */
  text: string
  annotations: Annotation[]
  url: string
  /** Milliseconds since 1970. */
  startedAt: number | null
  endedAt: number | null
}

/** A fault in the Qaackfile, at its line. */
export interface Annotation {
  file: string
  line: number
  column: number | null
  message: string
}

export interface DeploymentReport {
  hash: string
  state: 'queued' | 'running' | 'success' | 'failure' | 'error' | 'inactive'
  description: string
  /** The preview's address; null while there is none. */
  url: string | null
  logUrl: string
}

/** What was published of a change, so that nothing is published twice. Its id is the change's. Times in ms since 1970. */
export interface ReportRecord {
  id: string
  version: number
  /** Who publishes now, and until when that is believed without news. */
  lease: { owner: string; until: number } | null
  /** What was said, or was about to be: that is written down before the host is asked the first time. */
  published: Partial<Record<ReportKind, Published>>
  /** The environment that was told of last; its builds outlive it, and with them how they ended. */
  environmentId: string | null
  /** Failures in a row, and before when nothing is tried again; null if nothing failed. */
  failures: number
  retryAt: number | null
  /** Why the last try failed, as a sentence; empty if it did not. */
  error: string
  /** All was said of a change that has ended: nobody needs to look at it until there is news of it. */
  rests: boolean
}

export interface Published {
  /** Of what was said, or refused; the same again is not said again. Empty before the first answer. */
  digest: string
  /** By which the host finds it; empty before the first answer. */
  handle: string
  /** Why the host did not want it, and when it is asked once more, though there is nothing new to say. */
  refused: { why: string; until: number } | null
  /** The commit of which it says, or may say, that the end is still to come; absent if of none. */
  open?: string
}

/** Of a change of which nothing was published yet. */
export function emptyReport(id: string): ReportRecord {
  return {
    id,
    version: 0,
    lease: null,
    published: {},
    environmentId: null,
    failures: 0,
    retryAt: null,
    error: '',
    rests: false,
  }
}
