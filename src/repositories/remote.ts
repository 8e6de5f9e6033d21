import type { Address } from './address.ts'

/** All that is needed to fetch a repository. */
export interface Remote {
  address: Address
  /** For basic auth; goes to the address's own host only. */
  credentials: Credentials | null
  /** Where credentials last only for a while: asked for them before each use. */
  renew?: () => Promise<Credentials>
  /** Asked for before each use: the private SSH key of the repository, PEM, in clear; undefined while it has none. */
  sshKey?: () => Promise<string | undefined>
  /** What `sshKey` gave. Tried before the keys of this server. */
  key?: string
  /** Which refs are fetched, as git's refspecs. */
  refspecs: string[]
}

export interface Credentials {
  username: string
  password: string
}

/** The remote as it can be reached now. */
export async function reachable(remote: Remote): Promise<Remote> {
  const credentials = remote.renew ? await remote.renew() : remote.credentials
  const key = remote.address.kind === 'ssh' ? await remote.sshKey?.() : undefined
  return { ...remote, credentials, ...(key === undefined ? {} : { key }) }
}

export const branchesAndTags = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*']
