import type { RepositoryRecord } from '../../repositories/repository.ts'
import type { Description } from '../host.ts'

export function describe({ params }: RepositoryRecord): Description {
  return {
    webUrl: params.origin.replace(/\.git$/, ''),
    templateParams: { GithubOwner: params.owner ?? '', GithubRepo: params.repo ?? '' },
  }
}
