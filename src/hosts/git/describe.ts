import { parseAddress } from '../../repositories/address.ts'
import type { RepositoryRecord } from '../../repositories/repository.ts'
import type { Description } from '../host.ts'

/** Most servers show the repository's page where it is cloned from. */
export function describe({ params }: RepositoryRecord): Description {
  const parsed = parseAddress(params.origin)
  const http = 'address' in parsed && parsed.address.kind === 'http'
  return {
    webUrl: http ? parsed.address.url.replace(/\.git$/, '') : null,
    templateParams: { GenericOrigin: 'address' in parsed ? parsed.address.url : '' },
  }
}
