import type { HostChange } from '../../hosts/event.ts'
import type { EnvironmentRecord } from '../../environments/environment.ts'
import { QaackError } from '../../errors.ts'
import type { Parts } from '../../parts.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'
import type { ChangeRecord } from '../change.ts'
import { environmentsOf } from '../preview.ts'

/** What a command works with. */
export interface Asked {
  parts: Parts
  repository: RepositoryRecord
  /** As it was known when the comment was read. */
  change: ChangeRecord
  /** Who wrote the comment, as the host knows them. */
  by: string
  /** What the host says of the change now; undefined if it has none. */
  ask: () => Promise<HostChange | undefined>
  /** Characters that one answer may have. */
  room: number
}

/** What came of a command: Markdown, or null where a reaction says it all. Refusals are QaackError. */
export type Reply = string | null

/** The preview of a change, as long as there is something of it. */
export async function previewOf({ parts, change }: Asked): Promise<EnvironmentRecord> {
  const [preview] = await environmentsOf(parts, change)
  if (preview && preview.state !== 'empty') return preview
  throw new QaackError('conflict', 'there is no preview of this change; /qaack build makes one')
}
