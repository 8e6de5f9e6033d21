import { variablePart } from '../ids.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { addressesOf, type Addresses } from './addresses.ts'
import type { EnvironmentFacts } from './facts.ts'

/** What Qaack itself tells every process of a service. */
export function predefinedVariables(
  service: Service,
  facts: EnvironmentFacts & { serviceId: string },
): Record<string, string> {
  const { environment, repository, group, base } = facts
  const addresses = addressesOf(environment.id, facts.qaackfile, base)
  return {
    IS_QCK: 'true',
    QCK_SERVICE_ID: facts.serviceId,
    QCK_SERVICE_NAME: service.name,
    QCK_SERVICE_DEFAULT: String(service.default),
    ...addressVariables(addresses),
    QCK_ENVIRONMENT_ID: environment.id,
    QCK_ENVIRONMENT_NAME: environment.name,
    QCK_ENVIRONMENT_URL: addresses.environment.url,
    QCK_ENVIRONMENT_DOMAIN: addresses.environment.domain,
    QCK_ENVIRONMENT_BASE_DOMAIN: base.domain,
    QCK_ENVIRONMENT_REF: environment.gitRef,
    QCK_ENVIRONMENT_REF_NAME: environment.ref.name,
    QCK_ENVIRONMENT_REF_TYPE: environment.ref.type,
    QCK_ENVIRONMENT_HASH: environment.ref.hash,
    QCK_ENVIRONMENT_CREATED_AT: new Date(environment.createdAt).toISOString(),
    QCK_ENVIRONMENT_CREATED_AT_UNIX: unix(environment.createdAt),
    ...expiryVariables(environment),
    QCK_REPOSITORY_ID: repository.id,
    QCK_REPOSITORY_NAME: repository.name,
    QCK_REPOSITORY_TYPE: repository.type,
    QCK_REPOSITORY_URL: repository.url,
    QCK_GROUP_ID: group.id,
    QCK_GROUP_NAME: group.name,
    ...changeVariables(facts.change),
    ...(facts.softRebuild ? { QCK_SOFT_REBUILD: 'true' } : {}),
  }
}

function addressVariables({ services, aliases }: Addresses): Record<string, string> {
  return Object.fromEntries([
    ...services.flatMap(({ service, url, domain }) => [
      [`QCK_SERVICE_${variablePart(service)}_URL`, url],
      [`QCK_SERVICE_${variablePart(service)}_DOMAIN`, domain],
    ]),
    ...aliases.flatMap(({ alias, url, domain }) => [
      [`QCK_ENVIRONMENT_URL_${variablePart(alias)}`, url],
      [`QCK_ENVIRONMENT_DOMAIN_${variablePart(alias)}`, domain],
    ]),
  ]) as Record<string, string>
}

/** The time to live counts from the creation and cannot be changed, so both say the same for good. */
function expiryVariables({ ttl, createdAt }: EnvironmentFacts['environment']): Record<string, string> {
  if (ttl <= 0) return {}
  const expiresAt = createdAt + ttl * 60_000
  return {
    QCK_ENVIRONMENT_TTL: String(ttl),
    QCK_ENVIRONMENT_EXPIRES_AT: new Date(expiresAt).toISOString(),
    QCK_ENVIRONMENT_EXPIRES_AT_UNIX: unix(expiresAt),
  }
}

function changeVariables(change: EnvironmentFacts['change']): Record<string, string> {
  if (!change) return {}
  return {
    QCK_CHANGE_NUMBER: change.Number,
    QCK_CHANGE_TITLE: change.Title,
    QCK_CHANGE_AUTHOR: change.Author,
    QCK_CHANGE_SOURCE: change.Source,
    QCK_CHANGE_TARGET: change.Target,
  }
}

function unix(milliseconds: number): string {
  return String(Math.floor(milliseconds / 1000))
}
