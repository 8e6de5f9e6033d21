import type { Json } from './json.ts'

/** What emulate does not follow of a pull request: where its ends are now, and what that makes of it. */
export interface Change {
  /** Of the base repository. */
  repository: number
  number: number
  headRepository: number
  headRef: string
  head: string
  baseRef: string
  base: string
  open: boolean
  /** Set when the head reached the base branch by a push or by the front's own merge. */
  merged: { at: string; by: string; commit: string } | undefined
  commits: number
  additions: number
  deletions: number
  files: number
  mergeable: boolean
}

export interface DeploymentStatus {
  id: number
  state: string
  environment: string
  description: string
  environmentUrl: string
  logUrl: string
  by: string
  at: string
}

export interface Deployment {
  id: number
  repository: number
  sha: string
  ref: string
  task: string
  payload: unknown
  environment: string
  description: string | null
  transient: boolean
  production: boolean
  by: string
  at: string
  statuses: DeploymentStatus[]
}

export interface Status {
  id: number
  repository: number
  sha: string
  state: string
  context: string
  description: string | null
  targetUrl: string | null
  by: string
  at: string
}

export interface Reaction {
  id: number
  repository: number
  comment: number
  content: string
  by: string
  at: string
}

/** Codes that a registration gave out; each is good for one conversion. */
export interface Manifest {
  codes: Map<string, Json>
  /** The manifest that was sent last. */
  latest: Json | undefined
}
