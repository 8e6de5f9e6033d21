import type { Fault, TemplateData } from '../qaackfile/qaackfile.ts'
import type { RepositorySettings } from '../repositories/repository.ts'

/** One attempt to make a preview of one commit: creation of the services, then the build. Times in ms since 1970. */
export interface BuildRecord {
  id: string
  version: number
  environmentId: string
  repositoryId: string
  /** Counts from 1 in each environment. */
  number: number
  /** The commit it is for: what the ref pointed to. */
  hash: string
  /** Why the repository could not be asked for a newer one when somebody asked for this build; absent for most. */
  unread?: string
  /** What exactly is built; null until the build begins. The same for both stages. */
  source: BuildSource | null
  generation: number
  /** What is to be done next: create the services, or run the build in them. */
  stage: 'create' | 'build'
  status: 'waiting' | 'running' | 'ended'
  /** Whether `build` follows `create`. */
  wantsBuild: boolean
  /**
   * What it starts from: the reusable that the Qaackfile names, if there is one that fits; the images of the Qaackfile, whatever
   * was saved; or what was saved right after the build that answers, with nothing to be run again.
   */
  start: 'reuse' | 'clean' | 'reset'
  /** The saved images that its services were created from, chosen once for both stages; null for none. */
  reusableId: string | null
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
  /** Of its Qaackfile, where these are why it failed. */
  faults: Fault[]
}

/** What a build puts into its services. For a branch or tag that is simply its commit. */
export interface BuildSource {
  /** The commit that the services get; of a change, its code merged into its target, or its own where that is the same. */
  commit: string
  /** Of a change that is merged: the branch it is offered to, and that branch's commit; else null. */
  target: { name: string; hash: string } | null
  /** The commit whose Qaackfile is read. */
  qaackfile: string
  /** Nobody had a hand in it who may not write to the repository: secrets may go in. */
  trusted: boolean
  /**
   * The setting `qaackFile` of the repository when the build began, with the text where that may count: settings change, and what
   * stands stays what it was made from. Absent for builds of before it was kept, which go by the present one.
   */
  file?: RepositorySettings['qaackFile']
  /** The change as it was when the build began, for variables and templates; absent for a branch or tag. */
  change?: NonNullable<TemplateData['Environment']['Change']>
}

export type Outcome = 'succeeded' | 'failed' | 'cancelled' | 'superseded' | 'created' | 'lost'

export interface StepRecord {
  service: string
  step: string
  startedAt: number
  endedAt: number | null
  exitCode: number | null
}
