import { QaackError } from '../../errors.ts'
import { parseAddress } from '../../repositories/address.ts'
import { branchesAndTags, type Remote } from '../../repositories/remote.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'

/** A token may stand alone as user name or as password; hosts differ in which. */
export function remote({ name, params }: RepositoryRecord): Remote {
  const parsed = parseAddress(params.origin)
  if ('fault' in parsed)
    throw new QaackError('internal', `the address of repository ${name} was not checked: ${parsed.fault}`)
  const { username = '', password = '' } = params
  const credentials = username === '' && password === '' ? null : { username, password }
  return { address: parsed.address, credentials, refspecs: branchesAndTags }
}
