import { z } from 'zod'
import { QaackError } from '../errors.ts'
import { parseSize } from '../qaackfile/units.ts'
import type { PartialSettings } from '../repositories/manage.ts'
import { minutes } from './fields.ts'

/** Largest Qaackfile that can be kept, in bytes. */
const mostQaackfile = 256 * 1024

const day = z.int().min(0).max(86_400)
const longest = 255
const most = 200
const lists = {
  patterns: z.array(text(/^[^\p{Cc}\p{Cs}]+$/u, 'must be one line of text')).max(most),
  paths: z
    .array(
      text(
        /^(?!\/)[^\p{Cc}\p{Cs}]+(?<!\/)$/u,
        'must be a path from the top of the repository without a slash at its ends; all below web is web/*',
      ),
    )
    .max(most),
  labels: z.array(text(/^[^\p{Cc}\p{Cs}]*\S[^\p{Cc}\p{Cs}]*$/u, 'must be the name of a label')).max(most),
}
const shown = z.boolean().optional()
/** Less than this is refused by the engine. */
const leastMemory = 6 * 1024 ** 2
/** To bytes. */
const memory = z
  .union([z.number(), z.string()], { error: 'must be a size such as 512m or 2g' })
  .transform((value, context) => {
    const bytes = parseSize(value)
    if (bytes === 0 || (bytes !== null && bytes >= leastMemory)) return bytes
    context.addIssue(
      bytes === null
        ? 'must be a size such as 512m or 2g'
        : 'must be at least 6m, or 0 for the default of the server',
    )
    return z.NEVER
  })

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
      changes: z.boolean().describe('Changes (pull or merge requests) get previews.').optional(),
      include: lists.patterns
        .describe(
          'Names of branches with wildcards (* any text, ? one character); wins over exclude. Of a change, the branch it comes from.',
        )
        .optional(),
      exclude: lists.patterns.optional(),
      paths: lists.paths
        .describe(
          'Wildcards, with * also over slashes: a change is built only if one of all the files it touches matches one of these.',
        )
        .optional(),
      pathsIgnore: lists.paths
        .describe('Wildcards: a change is not built if all the files it touches match these.')
        .optional(),
      drafts: z.boolean().describe('Changes that are drafts get previews.').optional(),
      labels: lists.labels
        .describe(
          'With any here, only changes with one of these labels get previews. Letter case does not count.',
        )
        .optional(),
      labelsIgnore: lists.labels.describe('Changes with one of these labels get no previews.').optional(),
    })
    .describe('Which refs are followed, and which changes get previews.')
    .optional(),
  change: z
    .strictObject({
      build: z
        .enum(['merge', 'head'])
        .describe(
          'What is built of a change: its code merged into the branch it is offered to, or its code alone.',
        )
        .optional(),
      forkQaackFile: z
        .enum(['base', 'head'])
        .describe(
          'Whose Qaackfile is read for a change from a fork: that of the branch it is offered to, or its own.',
        )
        .optional(),
    })
    .optional(),
  report: z
    .strictObject({ comment: shown, status: shown, check: shown, deployment: shown })
    .describe('What is shown on a change at its host.')
    .optional(),
  pollSeconds: day
    .describe('Seconds between looks at the refs where nothing tells of a push; 0 = never.')
    .optional(),
  buildTimeout: day.describe('Seconds that a build may take; 0 = the default of the server.').optional(),
  scheduledRebuild: z
    .strictObject({
      mode: z
        .enum(['disabled', 'reusables', 'notclones', 'all'])
        .describe(
          'Which environments are built anew once a day: none, those that saved a reusable, all but clones, or all that were created.',
        )
        .optional(),
      hour: z
        .string()
        .regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, {
          error: 'must be a time of day in UTC as hh:mm, such as 03:00',
        })
        .describe('When, as hh:mm in UTC. What was missed while the server was down is done once.')
        .optional(),
    })
    .optional(),
  rebuild: z
    .enum(['beside', 'replace'])
    .describe(
      'Whether the new services of a rebuild are made beside the old ones, which answer meanwhile, or in their place.',
    )
    .optional(),
  reset: z
    .boolean()
    .describe('Save what each build made, so that its environment can be reset to it.')
    .optional(),
  limits: z
    .strictObject({
      memory: memory
        .describe('Memory, in bytes or as a size such as 512m; 0 = the default of the server.')
        .optional(),
      cpus: count(z.number(), 0.01, 1024, 'a number of processors from 0.01 to 1024')
        .describe('Processors, such as 0.5 or 2; 0 = the default of the server.')
        .optional(),
      pids: count(z.int(), 1, 4_194_304, 'a whole number of processes')
        .describe('Most processes at once; 0 = the default of the server.')
        .optional(),
    })
    .describe('Hard limits of a service whose Qaackfile says nothing else.')
    .optional(),
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

/** 0, which leaves it to the server, or a number in a range. */
function count(kind: z.ZodNumber, least: number, most: number, what: string) {
  return kind
    .min(0)
    .max(most)
    .refine((value) => value === 0 || value >= least, { error: `must be ${what}, or 0` })
}

function text(pattern: RegExp, error: string) {
  return z.string().max(longest).regex(pattern, { error })
}
