import { z } from 'zod'
import type { EventRecord } from '../events/event.ts'

export const eventViewSchema = z
  .object({
    seq: z.int().describe('Grows in the order of writing.'),
    at: z.string().describe('RFC 3339.'),
    kind: z.string(),
    repository: z.string().optional().describe('Id.'),
    environment: z.string().optional().describe('Id.'),
    build: z.string().optional().describe('Id.'),
    message: z.string(),
  })
  .meta({ id: 'Event' })

export function eventView(event: EventRecord): z.output<typeof eventViewSchema> {
  const { seq, at, kind, repositoryId, environmentId, buildId, message } = event
  return {
    seq,
    at: new Date(at).toISOString(),
    kind,
    ...(repositoryId === null ? {} : { repository: repositoryId }),
    ...(environmentId === null ? {} : { environment: environmentId }),
    ...(buildId === null ? {} : { build: buildId }),
    message,
  }
}
