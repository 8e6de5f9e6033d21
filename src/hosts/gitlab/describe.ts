import type { RepositoryRecord } from '../../repositories/repository.ts'
import type { Description } from '../host.ts'
import { instanceOf } from './instance.ts'

export function describe(repository: RepositoryRecord): Description {
  const { origin, owner = '', repo = '' } = repository.params
  return {
    webUrl: origin.replace(/\.git$/, ''),
    templateParams: {
      GitlabInstanceUrl: instanceOf(repository),
      GitlabProjectGroup: owner,
      GitlabProjectName: repo,
    },
  }
}
