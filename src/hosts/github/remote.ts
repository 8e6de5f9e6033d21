import { QaackError } from '../../errors.ts'
import { parseAddress } from '../../repositories/address.ts'
import { branchesAndTags, type Credentials, type Remote } from '../../repositories/remote.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'
import { appAt, noApp, type AccessParts } from './access.ts'

/** Any token of GitHub's is a password of this user. */
const username = 'x-access-token'

/** Read with the app's installation, else with the repository's own token, else as a stranger. */
export function remote(
  { name, params }: RepositoryRecord,
  access: Pick<AccessParts, 'connection' | 'opened'>,
): Remote {
  const parsed = parseAddress(params.origin)
  if ('fault' in parsed)
    throw new QaackError('internal', `the address of repository ${name} was not checked: ${parsed.fault}`)
  const { address } = parsed
  const { installation, token } = params
  const own: Credentials | null = token === undefined ? null : { username, password: token }
  if (installation === undefined) return { address, credentials: own, refspecs: branchesAndTags }
  const renew = async () => {
    const app = await appAt(access, params.origin)
    if (app) return { username, password: await app.token(installation) }
    if (own) return own
    throw noApp(name)
  }
  return { address, credentials: own, renew, refspecs: branchesAndTags }
}
