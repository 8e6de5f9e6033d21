import { z } from 'zod'
import { QaackError } from '../errors.ts'
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

function text(pattern: RegExp, error: string) {
  return z.string().max(longest).regex(pattern, { error })
}
