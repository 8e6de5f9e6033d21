import { createHash } from 'node:crypto'
import type { EnvironmentRecord, ServiceState, State } from '../environments/environment.ts'
import type { RefType } from '../repositories/repository.ts'
import type { Admission } from './admit.ts'

/** What a state page can be about: the state of an environment, or why a request has no place to go. */
export type PageState = State | 'unanswering' | 'no-address' | 'unknown'

export interface Page {
  state: PageState
  /** A sentence. */
  reason: string
}

/** Everything a state page shows. Times are milliseconds since 1970. */
export interface PageFacts extends Page {
  /** null where there is none. */
  environment: PageEnvironment | null
}

export interface PageEnvironment {
  id: string
  state: State
  /** Empty if the repository is not known any more. */
  repository: string
  ref: { type: RefType; name: string; hash: string }
  services: { name: string; state: ServiceState; /** null = no port. */ url: string | null }[]
  expiresAt: number | null
  /** Counts from 1; null unless it waits for a slot. */
  queuePosition: number | null
  build: PageBuild | null
}

export interface PageBuild {
  id: string
  number: number
  /** null until it runs and after it ended. */
  runningSince: number | null
  log: { lines: string[]; /** Where the next line begins in the store. */ end: number }
}

/** What to show of an environment that lets no request through. */
export function pageOf(
  environment: EnvironmentRecord,
  admission: Exclude<Admission, { kind: 'forward' }>,
): Page {
  return {
    state: admission.kind === 'no-address' ? 'no-address' : environment.state,
    reason: admission.reason,
  }
}

/** Changes when there is something new to see, other than lines of the log and passing time. */
export function fingerprint({ state, reason, environment }: PageFacts): string {
  const seen = [state, reason, environment && { ...environment, build: environment.build?.id }]
  return createHash('sha256').update(JSON.stringify(seen)).digest('base64url').slice(0, 16)
}
