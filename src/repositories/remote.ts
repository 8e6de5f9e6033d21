import type { Address } from './address.ts'

/** All that is needed to fetch a repository. */
export interface Remote {
  address: Address
  /** For basic auth; goes to the address's own host only. */
  credentials: Credentials | null
  /** Where credentials last only for a while: asked for them before each use. */
  renew?: () => Promise<Credentials>
  /** Which refs are fetched, as git's refspecs. */
  refspecs: string[]
}

export interface Credentials {
  username: string
  password: string
}

/** The remote as it can be reached now. */
export async function reachable(remote: Remote): Promise<Remote> {
  return remote.renew ? { ...remote, credentials: await remote.renew() } : remote
}

export const branchesAndTags = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
