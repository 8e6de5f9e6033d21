/** One attempt to make a preview of one commit: creation of the services, then the build. Times in ms since 1970. */
export interface BuildRecord {
  id: string
  version: number
  environmentId: string
  repositoryId: string
  /** Counts from 1 in each environment. */
  number: number
  hash: string
  generation: number
  /** What is to be done next: create the services, or run the build in them. */
  stage: 'create' | 'build'
  status: 'waiting' | 'running' | 'ended'
  /** Whether `build` follows `create`. */
  wantsBuild: boolean
  outcome: Outcome | null
  /** Why it ended so, as a sentence. */
  reason: string
  requestedAt: number
  /** When the present stage began to wait. */
  waitingSince: number
  startedAt: number | null
  endedAt: number | null
  /** Who works on it, and until when that is believed without news. */
  lease: { owner: string; until: number } | null
  /** How often a lease has lapsed; the third is our failure. */
  lapses: number
  /** How each step went, in order; kept for reports. */
  steps: StepRecord[]
}

export type Outcome = 'succeeded' | 'failed' | 'cancelled' | 'superseded' | 'created' | 'lost'

export interface StepRecord {
  service: string
  step: string
  startedAt: number
  endedAt: number | null
  exitCode: number | null
}
