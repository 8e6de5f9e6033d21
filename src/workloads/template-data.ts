import type { BaseUrl } from '../config/config.ts'
import { addressOf, domainOf } from '../config/config.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { slug } from '../ids.ts'
import type { TemplateData } from '../qaackfile/qaackfile.ts'
import type { GroupRecord, RepositoryRecord } from '../repositories/repository.ts'

/** What the Qaackfile of an environment is rendered with. `host` is what the repository's host says of it. */
export function templateData(facts: {
  environment: EnvironmentRecord
  repository: RepositoryRecord
  group: GroupRecord
  host?: { webUrl: string | null; templateParams: Record<string, string> } | undefined
  change?: TemplateData['Environment']['Change'] | undefined
  /** The commit being built; the environment's ref may have moved on since. */
  hash: string
  base: BaseUrl
}): TemplateData {
  const { environment, repository, group, host, change, hash, base } = facts
  const { ref } = environment
  return {
    Environment: {
      Id: environment.id,
      Url: addressOf(base, environment.id),
      Domain: domainOf(base, environment.id),
      Name: environment.name ?? environment.id,
      TTL: environment.ttl,
      CreatedAt: new Date(environment.createdAt ?? environment.knownAt).toISOString(),
      Ref: { Name: ref.name, Type: ref.type, Hash: hash, ShortHash: hash.slice(0, 7), Slug: slug(ref.name) },
      ...(change ? { Change: change } : {}),
    },
    Repository: { Id: repository.id, Name: repository.name, Type: repository.type, Url: host?.webUrl ?? '' },
    Group: { Id: group.id, Name: group.name },
    Instance: { BaseDomain: base.domain, Url: addressOf(base) },
    RepositoryParams: host?.templateParams ?? {},
  }
}
