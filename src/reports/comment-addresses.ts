import { addressOf } from '../config/config.ts'
import { answering } from '../environments/answering.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { addressesOf } from '../workloads/addresses.ts'
import { commitText } from './comment-facts.ts'
import type { ReportFacts } from './facts.ts'
import { address, code, table } from './markdown.ts'
import type { Phase } from './phase.ts'

/** Addresses, and clones, that are listed; whoever has more finds them through the API. */
const mostRows = 40
const mostClones = 10
/** Characters of an address that can be one; no name server knows a longer name. */
const longest = 300

/** Where the default service answers, or will: by its readable name where the environment owns that. */
export function mainAddress(environment: EnvironmentRecord, facts: Pick<ReportFacts, 'baseUrl'>): string {
  return `${addressOf(facts.baseUrl, environment.name ?? environment.id)}/`
}

/** What answers where. While nothing does, the address at which progress is shown. */
export function addressLines(phase: Phase, facts: ReportFacts): string {
  const { environment } = facts
  if (!environment || environment.state === 'empty') return ''
  if (environment.serving) return servedLines(phase, environment, facts)
  const main = address(mainAddress(environment, facts))
  switch (phase.kind) {
    case 'waiting':
    case 'creating':
    case 'building':
      return `It will answer at ${main}, where its progress is shown until then.`
    case 'failed':
    case 'broken':
    case 'cancelled':
    case 'created':
      return `State and log: ${main}`
    default:
      return ''
  }
}

/** Of the change's other environments. */
export function cloneLines(phase: Phase, facts: ReportFacts): string {
  const clones = facts.clones.filter(({ state }) => state !== 'empty')
  if (phase.kind === 'closed' || clones.length === 0) return ''
  const shown = clones.slice(0, mostClones).map((clone) => address(mainAddress(clone, facts)))
  const more = clones.length > mostClones ? `, and ${clones.length - mostClones} more` : ''
  return `${clones.length === 1 ? 'Clone' : 'Clones'}: ${shown.join(', ')}${more}`
}

function servedLines(phase: Phase, environment: EnvironmentRecord, facts: ReportFacts): string {
  const rows = addressRows(environment, facts)
  const more = rows.length > mostRows ? `\n\n… and ${rows.length - mostRows} more.` : ''
  const lines =
    rows.length === 0 ? 'No service has a port.' : table(['Service', 'Address'], rows.slice(0, mostRows))
  const { hash, stale } = environment.serving ?? { hash: phase.hash, stale: false }
  if (hash !== phase.hash)
    return `This serves the older commit ${commitText(hash, facts)}, not the one that is offered now:\n\n${lines}${more}`
  return stale && phase.kind !== 'ready'
    ? `This serves what was built of this commit before:\n\n${lines}${more}`
    : `${lines}${more}`
}

function addressRows(environment: EnvironmentRecord, facts: ReportFacts): string[][] {
  const reached = answering(environment)
  const { services, aliases, serviceAliases } = addressesOf(environment.id, reached, facts.baseUrl)
  const main = reached.services.find((service) => service.default)?.name
  const named = services.map(({ service, url }) =>
    service === main
      ? { name: `**${code(service, 80)}**`, url: mainAddress(environment, facts), rank: 0 }
      : { name: code(service, 80), url: `${url}/`, rank: 1 },
  )
  const others = [...aliases, ...serviceAliases].map(({ alias, service, url }) => ({
    name: `${code(alias, 80)} (${code(service, 80)})`,
    url: `${url}/`,
    rank: 2,
  }))
  return [...named, ...others]
    .filter(({ url }) => url.length <= longest)
    .sort((one, other) => one.rank - other.rank)
    .map(({ name, url }) => [name, address(url)])
}
