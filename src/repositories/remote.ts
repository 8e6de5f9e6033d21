import type { Address } from './address.ts'

/** All that is needed to fetch a repository. */
export interface Remote {
  address: Address
  /** For basic auth; goes to the address's own host only. */
  credentials: Credentials | null
  /** Which refs are fetched, as git's refspecs. */
  refspecs: string[]
}

export interface Credentials {
  username: string
  password: string
}

export const branchesAndTags = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
