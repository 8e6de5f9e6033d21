import type { Finding } from './finding.ts'
import type { Mention, Outline } from './outline.ts'

/** Faults that concern addresses: two that are the same, one that is too long, and one that leads to no port. */
export function checkHosts(outline: Outline): Finding[] {
  const labels = checkLabels(outline)
  const known = new Set(labels.map(({ path }) => path.join('.')))
  const meanings = checkMeanings(outline).filter(({ path }) => !known.has(path.join('.')))
  return [...checkDefaults(outline), ...labels, ...meanings, ...checkPorts(outline)]
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

/**
 * `<alias>-<service>-<id>` takes every alias with every service, and both may have dashes: a host name that could be taken
 * apart in two ways must not lead to two services, of which one would win unseen.
 */
function checkMeanings(outline: Outline): Finding[] {
  const { services, aliases } = outline
  const main = defaultOf(outline)
  const meant = new Map(services.map(({ name }) => [`serv-${name}`, name]))
  const findings: Finding[] = []
  const all = [...aliases, ...services.flatMap((service) => service.aliases)]
  const alone = aliases.map((alias) => ({ alias, prefix: alias.text, service: alias.service ?? main }))
  const pairs = all.flatMap((alias) =>
    services.map(({ name }) => ({ alias, prefix: `${alias.text}-${name}`, service: name })),
  )
  for (const { alias, prefix, service } of [...alone, ...pairs]) {
    const other = meant.get(prefix)
    if (other === undefined && service !== undefined) meant.set(prefix, service)
    if (other === undefined || service === undefined || other === service) continue
    const message = `makes the host name ${prefix}-<id> mean two services, ${other} and ${service}; take another alias`
    if (!findings.some(({ path }) => path.join('.') === alias.path.join('.')))
      findings.push({ path: alias.path, at: alias.at, message })
  }
  return findings
}

/** The service that an alias without one leads to. */
function defaultOf({ services }: Outline): string | undefined {
  const marked = services.find((service) => service.default === true)
  return (marked ?? services.find(({ hasPort }) => hasPort) ?? services[0])?.name
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
