import { createHash } from 'node:crypto'
import { join } from 'node:path'
import type { Address } from './address.ts'
import { branchesAndTags, type Remote } from './remote.ts'

/**
 * Where the mirror of a submodule lies and what it is fetched with. It belongs to one repository and is not shared:
 * what was fetched with the credentials of one must not be had through another.
 */
export function submoduleOf(
  parent: { dir: string; remote: Remote; strangers?: boolean },
  address: Address,
): { dir: string; remote: Remote } {
  const sameHost = address.kind === 'http' && address.origin === parent.remote.address.origin
  const { credentials, renew } = sameHost ? parent.remote : { credentials: null, renew: undefined }
  const name = createHash('sha256').update(address.url).digest('hex').slice(0, 32)
  // A key can be shown to any host: nobody learns it by that.
  const { sshKey } = parent.remote
  return {
    dir: join(modulesOf(parent.dir, parent.strangers), `${name}.git`),
    remote: {
      address,
      credentials,
      ...(renew ? { renew } : {}),
      ...(sshKey ? { sshKey } : {}),
      refspecs: branchesAndTags,
    },
  }
}

/** Beside the mirror, not in it: a mirror that is made anew leaves them alone. */
export function modulesOf(dir: string, strangers = false): string {
  return dir.replace(/(\.git)?$/, strangers ? '.strangers' : '.modules')
}
