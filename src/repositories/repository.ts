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
}

export type RepositoryType = 'generic' | 'azure' | 'bitbucket' | 'gitlab' | 'github'

/** Of type `generic`; the other types bring their own with their issue. Secrets are sealed (see secrets.ts). */
export interface RepositoryParams {
  /** http(s), ssh (also `user@host:path`) or an absolute local path. */
  origin: string
  username?: string
  /** Sealed. */
  password?: string
}

export interface RepositorySettings {
  /** Minutes that new environments live; 0 = the server's default. */
  environmentTTL: number
  qaackFile: { mode: 'repo' | 'panel' | 'both'; qaackFile: string }
  webhook: {
    branches: boolean
    tags: boolean
    changes: boolean
    include: string[]
    exclude: string[]
  }
  /** Seconds between looks at the refs, where nothing tells us of a push; 0 = never. */
  pollSeconds: number
  /** Seconds a build may take; 0 = the server's. */
  buildTimeout: number
}

export const defaultSettings: RepositorySettings = {
  environmentTTL: 0,
  qaackFile: { mode: 'repo', qaackFile: '' },
  webhook: { branches: true, tags: true, changes: true, include: [], exclude: [] },
  pollSeconds: 60,
  buildTimeout: 0,
}

export interface GroupRecord {
  id: string
  version: number
  name: string
  createdAt: number
}

/** A git reference at a commit. `name` of a change is its number. */
export interface Ref {
  type: RefType
  name: string
  hash: string
}

export type RefType = 'branch' | 'tag' | 'change'
