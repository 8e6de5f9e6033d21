import { z } from 'zod'
import { addressOf, type BaseUrl } from '../config/config.ts'
import { answering } from '../environments/answering.ts'
import { states, type EnvironmentRecord } from '../environments/environment.ts'
import { addressesOf, type Addresses } from '../workloads/addresses.ts'

const time = z.string().describe('RFC 3339.')

export const environmentViewSchema = z
  .object({
    id: z.string(),
    rid: z.string().describe('Id of the repository.'),
    name: z
      .string()
      .optional()
      .describe('Readable host name; left out where another environment of the ref has it.'),
    gitRef: z.object({ name: z.string(), type: z.string(), hash: z.string() }),
    status: z.enum(states),
    reason: z.string().describe('Why it is so; empty where the status says all.'),
    weburl: z.string().describe('Address of the default service, by id.'),
    names: z.array(z.string()).describe('All its other addresses.'),
    aliases: z.record(z.string(), z.string()).describe('Alias -> address.'),
    buildTime: z.int().optional().describe('Seconds that the last finished build took.'),
    createdAt: time.optional(),
    builtAt: time.optional(),
    ttl: z.int().optional().describe('Minutes; left out when it lives until it is deleted.'),
    expiresAt: time.optional(),
    size: z
      .int()
      .optional()
      .describe(
        'Bytes that its services have written, beside their images; measured at most every ten minutes, left out until it is known and during a first build.',
      ),
    queuePosition: z.int().optional().describe('From 1; only while it waits for a build slot.'),
    serving: z
      .object({ hash: z.string(), stale: z.boolean() })
      .optional()
      .describe('The commit that answers, in whatever status, and whether something newer was wanted since.'),
    services: z.array(
      z.object({
        id: z.string(),
        name: z.string(),
        url: z.string().optional().describe('Left out for a service without a port.'),
        state: z.string(),
        locked: z.boolean(),
        default: z.boolean(),
      }),
    ),
    reusable: z
      .object({
        used: z
          .string()
          .nullable()
          .describe('Label of what the newest build started from; auto without one.'),
        saved: z.array(z.string()).describe('Labels that it saved its services under.'),
        why: z.string().describe('Why that was used, or why nothing was.'),
      })
      .describe('Saved services: see reuse and make_reusable of the Qaackfile.'),
  })
  .meta({ id: 'Environment' })

/** An environment as the API answers it. `queuePosition` counts from 1, `size` is in bytes. */
export function environmentView(
  environment: EnvironmentRecord,
  base: BaseUrl,
  { queuePosition, size }: { queuePosition?: number | undefined; size?: number | undefined } = {},
): z.output<typeof environmentViewSchema> {
  const { id, name, ref, buildDuration, createdAt, ttl, expiresAt, serving, standing } = environment
  const { builtAt } = standing ?? environment
  const reached = answering(environment)
  const addresses = addressesOf(id, reached, base)
  return {
    id,
    rid: environment.repositoryId,
    ...(name === null ? {} : { name }),
    gitRef: { name: ref.name, type: ref.type, hash: ref.hash },
    status: environment.state,
    reason: environment.reason,
    weburl: addresses.environment.url,
    names: [...(name === null ? [] : [addressOf(base, name)]), ...otherUrls(addresses)],
    aliases: Object.fromEntries(addresses.aliases.map(({ alias, url }) => [alias, url])),
    ...(buildDuration === null ? {} : { buildTime: Math.round(buildDuration / 1000) }),
    ...(createdAt === null ? {} : { createdAt: timeText(createdAt) }),
    ...(builtAt === null ? {} : { builtAt: timeText(builtAt) }),
    ...(ttl === 0 ? {} : { ttl }),
    ...(expiresAt === null ? {} : { expiresAt: timeText(expiresAt) }),
    ...(size === undefined ? {} : { size }),
    ...(queuePosition === undefined ? {} : { queuePosition }),
    ...(serving === null ? {} : { serving }),
    services: servicesView(reached, addresses),
    reusable: environment.reusable,
  }
}

function servicesView({ services }: Pick<EnvironmentRecord, 'services'>, addresses: Addresses) {
  const urls = new Map(addresses.services.map(({ service, url }) => [service, url]))
  return services.map((service) => {
    const url = urls.get(service.name)
    return {
      id: service.id,
      name: service.name,
      ...(url === undefined ? {} : { url }),
      state: service.state,
      locked: service.locked,
      default: service.default,
    }
  })
}

function otherUrls({ aliases, serviceAliases, services }: Addresses): string[] {
  return [...aliases, ...serviceAliases, ...services].map(({ url }) => url)
}

function timeText(milliseconds: number): string {
  return new Date(milliseconds).toISOString()
}
