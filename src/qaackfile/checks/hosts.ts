import type { Finding } from './finding.ts'
import type { Mention, Outline } from './outline.ts'

/** Faults that concern addresses: two that are the same, one that is too long, and one that leads to no port. */
export function checkHosts(outline: Outline): Finding[] {
  return [...checkDefaults(outline), ...checkLabels(outline), ...checkPorts(outline)]
}

function checkDefaults({ services }: Outline): Finding[] {
  const [first, ...others] = services.filter((service) => service.default === true)
  return others.map(({ path }) => ({
    path: [...path, 'default'],
    at: 'name',
    message: `is true for ${first?.name ?? ''} already; only one service can be the default`,
  }))
}

/** A DNS label has 63 characters, and a dash and the id of the environment take 11 of them. */
const longestPrefix = 63 - 11

function checkLabels({ services, aliases }: Outline): Finding[] {
  const taken = new Map(services.map(({ name }) => [`serv-${name}`, `the service ${name}`]))
  const prefixes: (Mention & { prefix: string })[] = [
    ...aliases.map((alias) => ({ ...alias, prefix: alias.text })),
    ...services.flatMap((service) =>
      service.aliases.map((alias) => ({ ...alias, prefix: `${alias.text}-${service.name}` })),
    ),
  ]
  return prefixes.flatMap(({ prefix, text, path, at }): Finding[] => {
    const holder = taken.get(prefix)
    taken.set(prefix, holder ?? `the alias ${text}`)
    if (holder)
      return [
        {
          path,
          at,
          message: `would have the host name ${prefix}-<id>, which ${holder} has; take another alias`,
        },
      ]
    if (prefix.length <= longestPrefix) return []
    return [
      {
        path,
        at,
        message: `makes the host name ${prefix}-<id> longer than 63 characters; take a shorter alias`,
      },
    ]
  })
}

function checkPorts({ services }: Outline): Finding[] {
  return services.flatMap((service) =>
    service.hasPort
      ? []
      : service.aliases.map(({ path, at }) => ({
          path,
          at,
          message: `leads nowhere: ${service.name} has no port; give it one`,
        })),
  )
}
