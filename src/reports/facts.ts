import type { BuildRecord } from '../builds/build.ts'
import type { ChangeRecord } from '../changes/change.ts'
import type { BaseUrl } from '../config/config.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import type { RepositoryRecord } from '../repositories/repository.ts'
import type { ReportKind } from './report.ts'

/** All that a report is made of. */
export interface ReportFacts {
  change: ChangeRecord
  repository: RepositoryRecord
  /** Page of the repository for people; null if there is none. */
  webUrl: string | null
  /** The change's first one; null before it has one, and when it is gone. */
  environment: EnvironmentRecord | null
  /** The newest one of that environment, also when that is gone. */
  build: BuildRecord | null
  /** Its other ones. */
  clones: EnvironmentRecord[]
  /** End of the newest build's log, of one that ended. */
  log: string
  baseUrl: BaseUrl
  /** What was said of the change before, or may have been: only that is corrected when the change ends or falls silent. */
  published: readonly ReportKind[]
  /** Markdown of all commands. */
  help: string
  /** Takes out what nobody may read. */
  mask: (text: string) => string
}
