import { QaackError } from '../../errors.ts'
import { parseAddress } from '../../repositories/address.ts'
import { branchesAndTags, type Remote } from '../../repositories/remote.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'

/** Any token of GitLab's is a password of this user. */
const username = 'oauth2'

/** Read with a token, else as a stranger. */
export function remote({ name, params }: RepositoryRecord, token: string | undefined): Remote {
  const parsed = parseAddress(params.origin)
  if ('fault' in parsed)
    throw new QaackError('internal', `the address of repository ${name} was not checked: ${parsed.fault}`)
  const credentials = token === undefined ? null : { username, password: token }
  return { address: parsed.address, credentials, refspecs: branchesAndTags }
}
