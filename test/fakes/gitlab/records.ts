import type { Account, Project } from './world.ts'

export interface MergeRequest {
  id: number
  iid: number
  title: string
  description: string | null
  state: 'opened' | 'closed' | 'merged'
  author: Account
  source: Project
  sourceBranch: string
  target: Project
  targetBranch: string
  /** What the source branch pointed to when it was last open. */
  sha: string
  labels: string[]
  createdAt: number
  updatedAt: number
  closed: Deed | undefined
  merged: (Deed & { commit: string }) | undefined
  notes: Note[]
}

interface Deed {
  by: Account
  at: number
}

export interface Note {
  id: number
  body: string
  author: Account
  system: boolean
  createdAt: number
  updatedAt: number
  awards: Award[]
}

export interface Award {
  id: number
  name: string
  by: Account
  createdAt: number
}

export interface WebHook {
  id: number
  url: string
  token: string
  createdAt: number
  name: string | null
  description: string | null
  pushFilter: string
  verifies: boolean
  /** By its name in the API, e.g. `push_events`. */
  events: Record<string, boolean>
  /** One after the other, without a success between. */
  failures: number
  disabledUntil: number
}

export interface Pipeline {
  id: number
  iid: number
  sha: string
  ref: string
  by: Account
  createdAt: number
  updatedAt: number
}

export const statusStates = ['pending', 'running', 'success', 'failed', 'canceled', 'skipped'] as const
export type StatusState = (typeof statusStates)[number]

export interface Status {
  id: number
  sha: string
  ref: string
  name: string
  state: StatusState
  targetUrl: string | null
  description: string | null
  coverage: number | null
  pipeline: Pipeline
  /** Another one of the same name took its place. */
  retried: boolean
  author: Account
  createdAt: number
  startedAt: number | null
  finishedAt: number | null
}

export interface Environment {
  id: number
  name: string
  externalUrl: string | null
  tier: string
  state: 'available' | 'stopped'
  createdAt: number
  updatedAt: number
}

export const deploymentStates = ['running', 'success', 'failed', 'canceled'] as const
export type DeploymentState = (typeof deploymentStates)[number]

export interface Deployment {
  id: number
  iid: number
  environment: Environment
  sha: string
  ref: string
  tag: boolean
  state: DeploymentState
  by: Account
  createdAt: number
  updatedAt: number
}
