import type { Decision } from '../environments/decision.ts'
import { change } from '../environments/lifecycle.ts'
import type { Running } from '../environments/outcome.ts'
import { isQaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { BuildRecord } from './build.ts'

/** Writes what came of a build that runs here, unless it is not ours any more. `undefined` = nothing to write. */
export async function changeOwn(
  parts: Parts,
  build: BuildRecord,
  decide: (s: Running) => Decision | undefined,
): Promise<void> {
  await change(parts, build.environmentId, (s) => {
    const mine =
      s.build?.id === build.id &&
      s.build.generation === build.generation &&
      s.build.lease?.owner === build.lease?.owner
    return s.build && mine ? decide({ ...s, build: s.build }) : undefined
  }).catch((error: unknown) => {
    if (!isQaackError(error, 'not_found')) throw error
  })
}
