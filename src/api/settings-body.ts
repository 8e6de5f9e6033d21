import { z } from 'zod'
import { QaackError } from '../errors.ts'
import type { PartialSettings } from '../repositories/manage.ts'
import type { RepositorySettings } from '../repositories/repository.ts'
import { minutes } from './fields.ts'

/** Largest Qaackfile that can be kept, in bytes. */
const mostQaackfile = 256 * 1024

const day = z.int().min(0).max(86_400)
const patterns = z.array(z.string().min(1).max(250)).max(200)

/** Any part of the settings; what is not named stays as it is. */
export const settingsBody = z.strictObject({
  environmentTTL: minutes
    .describe('Minutes that new environments live; 0 = the default of the server.')
    .optional(),
  qaackFile: z
    .strictObject({
      mode: z
        .enum(['repo', 'panel', 'both'])
        .describe(
          'Where the Qaackfile is read: in the repository, here, or here where the repository has none.',
        )
        .optional(),
      qaackFile: z.string().max(600_000).describe('YAML, base64-encoded.').optional(),
    })
    .optional(),
  webhook: z
    .strictObject({
      branches: z.boolean().optional(),
      tags: z.boolean().optional(),
      changes: z.boolean().optional(),
      include: patterns.describe('Names with wildcards; wins over exclude.').optional(),
      exclude: patterns.optional(),
    })
    .describe('Which refs are followed.')
    .optional(),
  pollSeconds: day
    .describe('Seconds between looks at the refs where nothing tells of a push; 0 = never.')
    .optional(),
  buildTimeout: day.describe('Seconds that a build may take; 0 = the default of the server.').optional(),
})

/** The settings as they are kept. `above` is where the body holds them, for the path of an error. */
export function readSettings(body: z.output<typeof settingsBody>, above = ''): PartialSettings {
  const { qaackFile, ...rest } = body
  if (qaackFile?.qaackFile === undefined) return body
  return {
    ...rest,
    qaackFile: { ...qaackFile, qaackFile: decode(qaackFile.qaackFile, `${above}qaackFile.qaackFile`) },
  }
}

/** Settings of a repository as they are answered; secrets are not among them. */
export const settingsView = z.object({
  variables: z.array(z.unknown()).describe('Empty: this release has no custom variables.'),
  environmentTTL: z.int().optional().describe('Left out when zero.'),
  qaackFile: z.object({ mode: z.string(), qaackFile: z.string() }),
  webhook: z.object({
    branches: z.boolean(),
    tags: z.boolean(),
    changes: z.boolean(),
    include: z.array(z.string()),
    exclude: z.array(z.string()),
  }),
  pollSeconds: z.int(),
  buildTimeout: z.int(),
})

export function viewSettings(settings: RepositorySettings): z.output<typeof settingsView> {
  const { environmentTTL, qaackFile, webhook, pollSeconds, buildTimeout } = settings
  return {
    variables: [],
    ...(environmentTTL > 0 ? { environmentTTL } : {}),
    qaackFile: {
      mode: qaackFile.mode,
      qaackFile: Buffer.from(qaackFile.qaackFile, 'utf8').toString('base64'),
    },
    webhook,
    pollSeconds,
    buildTimeout,
  }
}

/** Encoders break their lines at 76 characters; everything else that is not base64 is a mistake. */
function decode(encoded: string, path: string): string {
  const packed = encoded.replace(/[\r\n]+/g, '')
  const bytes = Buffer.from(packed, 'base64')
  if (bytes.toString('base64').replace(/=+$/, '') !== packed.replace(/=+$/, '')) {
    throw new QaackError('invalid', `${path} must be base64`, { path })
  }
  if (bytes.length > mostQaackfile)
    throw new QaackError('invalid', `${path} must be at most ${mostQaackfile / 1024} KiB of YAML`, { path })
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (cause) {
    throw new QaackError('invalid', `${path} must be UTF-8 text, base64-encoded`, { path, cause })
  }
}
