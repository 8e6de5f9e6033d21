import type { BuildRecord, Outcome } from '../builds/build.ts'
import { QaackError } from '../errors.ts'
import type { EventKind } from '../events/event.ts'
import type { RepositorySettings } from '../repositories/repository.ts'
import { walk, type EnvironmentRecord, type Trigger } from './environment.ts'

/** What a decision about one environment may know. `build` is its build that has not ended, if there is one. */
export interface Situation {
  environment: EnvironmentRecord
  build: BuildRecord | null
  now: number
  /** For a build that may have to be made. */
  newId: string
  /** Of the repository: what becomes of the services that answer when newer ones are made. */
  mode: RepositorySettings['rebuild']
}

/** What shall be written, all of it or nothing, and what to do to the engine afterwards. */
export interface Decision {
  environment: EnvironmentRecord
  /** The build that was made, if one was. */
  insert?: BuildRecord
  /** The build that was there, as it is now. */
  save?: BuildRecord
  /** Left out where only a detail is written down. */
  event?: { kind: EventKind; message: string }
  /** What the environment does not own any more is to be taken away. */
  tidy?: true
}

/** The state after a trigger; a trigger that the table does not know here is our mistake. */
export function stateAfter(environment: EnvironmentRecord, trigger: Trigger): EnvironmentRecord['state'] {
  const state = walk(environment.state, trigger)
  if (!state)
    throw new QaackError(
      'conflict',
      `environment ${environment.id} is ${environment.state}: "${trigger}" is not possible now`,
    )
  return state
}

export function ended(build: BuildRecord, outcome: Outcome, reason: string, now: number): BuildRecord {
  return { ...build, status: 'ended', outcome, reason, endedAt: now, lease: null }
}

export function refText(environment: EnvironmentRecord): string {
  return `${environment.ref.type} ${environment.ref.name}`
}
