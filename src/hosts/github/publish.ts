import type { ReportItem } from '../../reports/report.ts'
import { putComment } from '../marked-comment.ts'
import type { RepositoryAsker } from './ask.ts'
import { publishCheckRun } from './check-run.ts'
import { ownComments } from './comment.ts'
import { publishDeployment } from './deployment.ts'
import { publishStatus } from './status.ts'

/** Each part of a report in its own way; what it returns is for the same part only. */
export function publish(at: RepositoryAsker, item: ReportItem, handle: string | null): Promise<string> {
  switch (item.kind) {
    case 'comment':
      return putComment(ownComments(at, item.change), item, handle)
    case 'status':
      return publishStatus(at, item)
    case 'check':
      return publishCheckRun(at, item, handle)
    case 'deployment':
      return publishDeployment(at, item, handle)
  }
}
