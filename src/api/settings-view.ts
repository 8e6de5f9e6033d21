import { z } from 'zod'
import type { RepositorySettings } from '../repositories/repository.ts'

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
    paths: z.array(z.string()),
    pathsIgnore: z.array(z.string()),
    drafts: z.boolean(),
    labels: z.array(z.string()),
    labelsIgnore: z.array(z.string()),
  }),
  change: z.object({ build: z.enum(['merge', 'head']), forkQaackFile: z.enum(['base', 'head']) }),
  report: z.object({
    comment: z.boolean(),
    status: z.boolean(),
    check: z.boolean(),
    deployment: z.boolean(),
  }),
  pollSeconds: z.int(),
  buildTimeout: z.int(),
})

export function viewSettings(settings: RepositorySettings): z.output<typeof settingsView> {
  const { environmentTTL, qaackFile, webhook, change, report, pollSeconds, buildTimeout } = settings
  return {
    variables: [],
    ...(environmentTTL > 0 ? { environmentTTL } : {}),
    qaackFile: {
      mode: qaackFile.mode,
      qaackFile: Buffer.from(qaackFile.qaackFile, 'utf8').toString('base64'),
    },
    webhook,
    change,
    report,
    pollSeconds,
    buildTimeout,
  }
}
