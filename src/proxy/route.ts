import type { BaseUrl } from '../config/config.ts'
import { answering } from '../environments/answering.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { isId } from '../ids.ts'
import { parseHost, readTarget } from './host.ts'

/** What is known of environments, by the two things that a host can name. */
export interface RouteTable {
  byId(id: string): EnvironmentRecord | undefined
  byName(name: string): EnvironmentRecord | undefined
}

export interface RouteRequest {
  /** The Host header as it came; several joined with a comma. */
  host: string | undefined
  /** The header `qaack-env-id`. */
  header: string | undefined
  /** The request's target as it came. */
  url: string
}

export type Route =
  | { kind: 'api' }
  /** `service` null = the default one; it may also name a service that is not there. `host` is the one it was asked by. */
  | {
      kind: 'environment'
      environment: EnvironmentRecord
      service: string | null
      host: string
      path: string
    }
  | { kind: 'unknown'; host: string; path: string }
  /** No request that means one thing only. */
  | { kind: 'invalid'; reason: string }

/**
 * Whom a request is for. In this order:
 * 1. the header `qaack-env-id`: that environment's default service, whatever the host;
 * 2. the base domain, `panel.` below it, an address, `localhost`, or no host at all (health checks): the API;
 * 3. one label below the base domain: see `routeLabel`;
 * 4. anything else is unknown, also deeper names, which no wildcard certificate covers.
 */
export function route(request: RouteRequest, base: BaseUrl, table: RouteTable): Route {
  const target = readTarget(request.url, request.host)
  if (!target)
    return {
      kind: 'invalid',
      reason: 'The target of a request must be a path, or an address with http or https.',
    }
  const { path } = target
  const host = target.host ?? ''
  const name = host.trim() === '' ? { domain: '', local: true } : parseHost(host)
  if (!name) return { kind: 'invalid', reason: 'A request must name one host, in one Host header.' }

  if (request.header !== undefined) {
    const environment = table.byId(request.header.trim().toLowerCase())
    return environment
      ? { kind: 'environment', environment, service: null, host, path }
      : { kind: 'unknown', host, path }
  }
  const label = labelBelow(name.domain, base.domain.toLowerCase())
  if (name.local || label === '' || label === 'panel') return { kind: 'api' }
  const found = label === undefined || label.includes('.') ? undefined : routeLabel(label, table)
  return found ? { kind: 'environment', ...found, host, path } : { kind: 'unknown', host, path }
}

/** What stands before the base domain, without its dot; empty for the base domain itself. */
function labelBelow(domain: string, base: string): string | undefined {
  if (domain === base) return ''
  return domain.endsWith(`.${base}`) ? domain.slice(0, -base.length - 1) : undefined
}

/**
 * `<id>`, `…-<id>`, else the readable name. The id goes first, so that nobody can take over an environment's address by
 * the name of a branch; an id that does not exist takes nothing from a name that happens to end like one.
 */
function routeLabel(
  label: string,
  table: RouteTable,
): { environment: EnvironmentRecord; service: string | null } | undefined {
  const id = label.slice(label.lastIndexOf('-') + 1)
  const byId = isId(id) ? table.byId(id) : undefined
  if (byId) return { environment: byId, service: chooseService(byId, label.slice(0, -id.length - 1)) }
  const byName = table.byName(label)
  return byName && { environment: byName, service: null }
}

/**
 * The service that the text before `-<id>` asks for. In this order, the first that fits:
 * 1. `serv-<service>`;
 * 2. `<alias>-<service>`: an alias of the environment or of any service. Both may contain dashes, so more than one split
 *    may fit: the one with the longest alias counts;
 * 3. `<alias>`: the service that it was given to;
 * 4. any other `serv-…`: asks for a service that is not there, and is answered so;
 * 5. anything else is decoration: the default service.
 */
function chooseService(environment: EnvironmentRecord, prefix: string): string | null {
  if (prefix === '') return null
  const asked = prefix.startsWith('serv-') ? prefix.slice('serv-'.length) : undefined
  if (asked !== undefined && hasService(environment, asked)) return asked
  for (let dash = prefix.lastIndexOf('-'); dash > 0; dash = prefix.lastIndexOf('-', dash - 1)) {
    const service = prefix.slice(dash + 1)
    if (hasService(environment, service) && ownerOfAlias(environment, prefix.slice(0, dash)) !== undefined)
      return service
  }
  return ownerOfAlias(environment, prefix) ?? asked ?? null
}

function hasService(environment: EnvironmentRecord, name: string): boolean {
  return answering(environment).services.some((service) => service.name === name)
}

function ownerOfAlias(environment: EnvironmentRecord, alias: string): string | undefined {
  const { services, aliases } = answering(environment)
  if (Object.hasOwn(aliases, alias)) return aliases[alias]
  return services.find((service) => service.aliases.includes(alias))?.name
}
