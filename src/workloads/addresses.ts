import { addressOf, domainOf, type BaseUrl } from '../config/config.ts'

/** What of a service decides its addresses; both a Service and a ServiceRecord have it. */
export interface Addressed {
  name: string
  default: boolean
  port: number | null
  aliases: string[]
}

/** What of an environment decides its addresses. `aliases` are alias -> service. */
export interface AddressedEnvironment {
  services: readonly Addressed[]
  aliases: Readonly<Record<string, string>>
}

export interface Address {
  /** The host's label below the base domain. */
  label: string
  domain: string
  url: string
}

/** All addresses of an environment. They are known before it is built and stay the same over rebuilds. */
export interface Addresses {
  environment: Address
  /** Of every service with a port. */
  services: (Address & { service: string })[]
  /** Of the environment's own aliases. */
  aliases: (Address & { alias: string; service: string })[]
  /** Of the aliases that services have. */
  serviceAliases: (Address & { alias: string; service: string })[]
}

export function addressesOf(
  environmentId: string,
  environment: AddressedEnvironment,
  base: BaseUrl,
): Addresses {
  const address = (prefix: string): Address => {
    const label = prefix === '' ? environmentId : `${prefix}-${environmentId}`
    return { label, domain: domainOf(base, label), url: addressOf(base, label) }
  }
  const reached = environment.services.filter(({ port }) => port !== null)
  return {
    environment: address(''),
    services: reached.map(({ name }) => ({ service: name, ...address(servicePrefix(name)) })),
    aliases: Object.entries(environment.aliases).map(([alias, service]) => ({
      alias,
      service,
      ...address(alias),
    })),
    serviceAliases: reached.flatMap(({ name, aliases }) =>
      aliases.map((alias) => ({ alias, service: name, ...address(serviceAliasPrefix(alias, name)) })),
    ),
  }
}

/**
 * The service that a label's part before `-<id>` leads to, the empty text being the label that is only the id. An unknown
 * prefix is decoration and leads to the default service; one of a service that is not there leads nowhere.
 */
export function serviceAt(prefix: string, { services, aliases }: AddressedEnvironment): string | undefined {
  const main = services.find((service) => service.default)?.name
  if (prefix === '') return main
  const named = services.find(
    ({ name, aliases: own }) =>
      prefix === servicePrefix(name) || own.some((alias) => prefix === serviceAliasPrefix(alias, name)),
  )
  if (named) return named.name
  if (Object.hasOwn(aliases, prefix)) return aliases[prefix]
  return prefix.startsWith(servicePrefix('')) ? undefined : main
}

function servicePrefix(service: string): string {
  return `serv-${service}`
}

function serviceAliasPrefix(alias: string, service: string): string {
  return `${alias}-${service}`
}
