import type { ReportKind } from '../reports/report.ts'

/** A repository as it is kept. All times are milliseconds since 1970. */
export interface RepositoryRecord {
  id: string
  version: number
  groupId: string
  name: string
  type: RepositoryType
  params: RepositoryParams
  settings: RepositorySettings
  createdAt: number
  /** When its refs were last read; absent before the first time. */
  syncedAt: number | null
  /** Why the last reading of its refs failed, as a sentence. */
  syncError: string | null
  /** Its own pair of SSH keys, in every trusted service; null for one that was added before there were any, until its next build. */
  sshKey: SshKey | null
  /**
   * The hour (see settings.scheduledRebuild) whose rebuilds were decided on last, or that of the day on which they were switched
   * on; null = never yet.
   */
  rebuiltAt: number | null
  /** The scheduled rebuilds that are under way; absent where none are. */
  rebuilds?: ScheduledRebuilds
}

export interface ScheduledRebuilds {
  /** The hour that they are for. */
  at: number
  /** Decided on, but not asked for yet, in the order in which they are. */
  waiting: WaitingRebuild[]
  /** Builds that were asked for. */
  asked: string[]
}

export interface WaitingRebuild {
  /** Of the environment. */
  id: string
  /** How many builds it had had at the decision: with more, the rebuild was asked for already. */
  builds: number
  /** From nothing that was saved. */
  clean: boolean
}

export interface SshKey {
  /** As in `authorized_keys`, one line. */
  public: string
  /** PEM, sealed (see secrets.ts). */
  private: string
}

/** Makes a new pair, with `private` in clear; `comment` stands behind the public key. */
export type KeyMaker = (comment: string) => Promise<SshKey>

export type RepositoryType = 'generic' | 'azure' | 'bitbucket' | 'gitlab' | 'github'

/** Where it is and how it is reached. Secrets are sealed (see secrets.ts). */
export interface RepositoryParams {
  /** http(s), ssh (also `user@host:path`) or an absolute local path. */
  origin: string
  username?: string
  /** Sealed. */
  password?: string
  /** Of a host with an API: whose it is there, and its name. */
  owner?: string
  repo?: string
  /** The host's own lasting name of it; absent for one that was added by hand. */
  hostKey?: string
  /** Of GitHub: the installation of the app that gives access to it. */
  installation?: number
  /** It was added by hand before the host told of it, and stays when the host takes that back. */
  byHand?: boolean
  /** Sealed. Access to the host's API where no app gives it. */
  token?: string
}

export interface RepositorySettings {
  /** Minutes that new environments live; 0 = the server's default. */
  environmentTTL: number
  qaackFile: { mode: 'repo' | 'panel' | 'both'; qaackFile: string }
  webhook: {
    branches: boolean
    tags: boolean
    changes: boolean
    /** Wildcards on the names of branches; of a change, on the name of the branch it comes from. */
    include: string[]
    exclude: string[]
    /** Wildcards on the paths of all files that a change changes: one must match `paths`, not all `pathsIgnore`. */
    paths: string[]
    pathsIgnore: string[]
    /** Whether changes that are drafts get previews. */
    drafts: boolean
    /** With any here, only changes with one of these labels get previews. */
    labels: string[]
    /** Changes with one of these labels get none. */
    labelsIgnore: string[]
  }
  change: {
    /** What is built of a change: its code merged into the branch it is offered to, or its code alone. */
    build: 'merge' | 'head'
    /** Whose Qaackfile is read for a change from a fork: that of the branch it is offered to, or its own. */
    forkQaackFile: 'base' | 'head'
  }
  /** What is shown on a change. */
  report: Record<ReportKind, boolean>
  /** Seconds between looks at the refs, where nothing tells us of a push; 0 = never. */
  pollSeconds: number
  /** Seconds a build may take; 0 = the server's. */
  buildTimeout: number
  /** Which environments are built anew once a day; `hour` is `hh:mm` in UTC. */
  scheduledRebuild: { mode: 'disabled' | 'reusables' | 'notclones' | 'all'; hour: string }
  /** Whether the services of a rebuild are made beside the old ones, which answer meanwhile, or in their place. */
  rebuild: 'beside' | 'replace'
  /** Whether what a build made is saved, so that its environment can be reset to it. */
  reset: boolean
  /** Of a service whose Qaackfile says nothing else; 0 = the server's. `memory` in bytes. */
  limits: { memory: number; cpus: number; pids: number }
}

export const defaultSettings: RepositorySettings = {
  environmentTTL: 0,
  qaackFile: { mode: 'repo', qaackFile: '' },
  webhook: {
    branches: true,
    tags: true,
    changes: true,
    include: [],
    exclude: [],
    paths: [],
    pathsIgnore: [],
    drafts: true,
    labels: [],
    labelsIgnore: [],
  },
  change: { build: 'merge', forkQaackFile: 'base' },
  report: { comment: true, status: true, check: true, deployment: true },
  pollSeconds: 60,
  buildTimeout: 0,
  scheduledRebuild: { mode: 'disabled', hour: '03:00' },
  rebuild: 'beside',
  reset: false,
  limits: { memory: 0, cpus: 0, pids: 0 },
}

export interface GroupRecord {
  id: string
  version: number
  name: string
  createdAt: number
  /** Whose repositories their host puts into it by itself, e.g. `github:acme`; absent for a group that a person made. */
  ownedBy?: string
  /** Repositories that were deleted here while their host still gave them to us, e.g. `github:42`. */
  left?: string[]
}

/** A git reference at a commit. `name` of a change is its number. */
export interface Ref {
  type: RefType
  name: string
  hash: string
}

export type RefType = 'branch' | 'tag' | 'change'
