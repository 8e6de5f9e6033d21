import type { ReportItem } from '../../reports/report.ts'
import { HostFailure } from '../failure.ts'
import type { ProjectAsker } from './ask.ts'
import { publishDeployment } from './deployment.ts'
import { putNote } from './note.ts'
import { publishStatus } from './status.ts'

/** Each part of a report in its own way; what it returns is for the same part only. */
export async function publish(at: ProjectAsker, item: ReportItem, handle: string | null): Promise<string> {
  switch (item.kind) {
    case 'comment':
      return putNote(at, item, handle)
    case 'status':
      return publishStatus(at, item)
    case 'deployment':
      return publishDeployment(at, item)
    case 'check':
      throw new HostFailure('refused', 'GitLab has no checks; switch report.check of the repository off')
  }
}
