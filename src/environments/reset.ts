import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { resetOf } from '../reusables/reset.ts'
import { decideReset } from './decide.ts'
import type { EnvironmentRecord } from './environment.ts'
import { change } from './lifecycle.ts'

/** What answers is made once more as it was right after its build, from what was saved then. Conflict if nothing was. */
export async function resetEnvironment(parts: Parts, id: string): Promise<EnvironmentRecord> {
  const environment = await parts.store.get('environment', id)
  const saved = await resetOf(parts, id, environment?.serving?.hash ?? '')
  return change(parts, id, (situation) => {
    const decision = decideReset(situation)
    if (saved?.record) return decision
    const hint = "set reset: true in the repository's settings and build it again"
    throw new QaackError('conflict', `nothing was saved to reset environment ${id} to; ${hint}`)
  })
}
