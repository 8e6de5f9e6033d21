import type { Checkout } from '../qaackfile/qaackfile.ts'
import type { RefType } from '../repositories/repository.ts'

/** The saved images of all services of an environment, as of one moment of its build. Times in ms since 1970. */
export interface ReusableRecord {
  id: string
  version: number
  repositoryId: string
  /** Of which it was saved. */
  environmentId: string
  /** Whose build saved it. */
  buildId: string
  ref: { type: RefType; name: string }
  /** What for: to be started from by its label or, without one, by `reuse: auto`; or for `env reset` of its environment alone. */
  purpose: 'label' | 'auto' | 'reset'
  label: string | null
  /** The step after which it was saved; null for one that was saved after the whole build. */
  savePoint: { service: string; step: string } | null
  /** Only code that nobody untrusted had a hand in led to it. Others are offered to their own environment only. */
  trusted: boolean
  /** What led to it: name of a part, e.g. `step web.install` -> keyed hash of it. Equal parts make equal images. */
  made: Record<string, string>
  services: SavedService[]
  /** `saving` until all its images are there: one that stays so belongs to a server that was killed, and goes. */
  status: 'saving' | 'ready'
  savedAt: number
  usedAt: number
}

export interface SavedService {
  name: string
  /** The engine's content id. */
  image: string
  /** How many of its steps had been done, the first ones in the order of the Qaackfile. */
  steps: number
  /** The code that had been put there; null for none. */
  code: { commit: string; path: string; options: Checkout } | null
  /** Layer id -> bytes, so that what several share is counted once. */
  layers: Record<string, number>
}
