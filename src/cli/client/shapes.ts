import { z } from 'zod'

/**
 * What we read of the server's answers. Loose: a newer server may say more, and `-o json` passes all of it on.
 * Times are RFC 3339.
 */
const gitRef = z.looseObject({ name: z.string(), type: z.string(), hash: z.string().optional() })

export const groupsShape = z.array(z.looseObject({ id: z.string(), name: z.string() }))

export const groupShape = z.looseObject({
  name: z.string(),
  repositories: z.array(z.looseObject({ id: z.string(), name: z.string() })),
})

export const idShape = z.looseObject({ id: z.string() })

export const namedShape = z.looseObject({ id: z.string(), name: z.string() })

export const lockShape = z.looseObject({ name: z.string(), locked: z.boolean() })

export const repositoryShape = z.looseObject({
  id: z.string(),
  gid: z.string().optional(),
  name: z.string(),
  url: z.string().optional(),
  details: z.looseObject({ url: z.string() }).optional(),
  type: z.string(),
  /** When the refs were last read; absent before the first time. */
  syncedAt: z.string().optional(),
  /** Why the last reading failed. */
  syncError: z.string().optional(),
  environments: z.array(
    z.looseObject({ id: z.string(), name: z.string().nullish(), gitRef, status: z.string().optional() }),
  ),
})

export const environmentShape = z.looseObject({
  id: z.string(),
  rid: z.string().optional(),
  name: z.string().nullish(),
  gitRef,
  status: z.string(),
  reason: z.string().optional(),
  weburl: z.string().optional(),
  names: z.array(z.string()).optional(),
  aliases: z.record(z.string(), z.string()).optional(),
  /** Seconds. */
  buildTime: z.number().nullish(),
  createdAt: z.string().nullish(),
  builtAt: z.string().nullish(),
  expiresAt: z.string().nullish(),
  /** Minutes. */
  ttl: z.number().optional(),
  /** Bytes. */
  size: z.number().optional(),
  queuePosition: z.number().nullish(),
  serving: z.looseObject({ hash: z.string(), stale: z.boolean() }).nullish(),
  reusable: z
    .looseObject({ used: z.string().nullish(), saved: z.array(z.string()), why: z.string() })
    .nullish(),
  services: z
    .array(
      z.looseObject({
        id: z.string(),
        name: z.string(),
        url: z.string().nullish(),
        state: z.string().optional(),
        locked: z.boolean().optional(),
        default: z.boolean().optional(),
      }),
    )
    .optional(),
})

export const eventShape = z.looseObject({
  seq: z.number(),
  at: z.string(),
  kind: z.string(),
  /** Ids. */
  repository: z.string().optional(),
  environment: z.string().optional(),
  message: z.string(),
})

export const eventsShape = z.array(eventShape)

export const userShape = z.looseObject({
  email: z.string().nullish(),
  apiTokens: z.array(
    z.looseObject({ Name: z.string(), ExpiresOn: z.string().nullish(), ReadOnly: z.boolean().optional() }),
  ),
})

export const newTokenShape = z.looseObject({ token: z.string() })

export const execShape = z.looseObject({ exitCode: z.number(), output: z.string() })

export const settingsShape = z.looseObject({ sshPublicKey: z.string().optional() })

export type Repository = z.infer<typeof repositoryShape>
export type Environment = z.infer<typeof environmentShape>
export type Event = z.infer<typeof eventShape>
