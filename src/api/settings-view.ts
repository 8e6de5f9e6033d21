import { z } from 'zod'
import type { RepositorySettings, SshKey } from '../repositories/repository.ts'
import { variableView, type VariableView } from './variables-view.ts'

/** Settings of a repository as they are answered; secrets are not among them. */
export const settingsView = z.object({
  variables: z.array(variableView),
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
  scheduledRebuild: z.object({
    mode: z.enum(['disabled', 'reusables', 'notclones', 'all']),
    hour: z.string().describe('As hh:mm in UTC.'),
  }),
  rebuild: z.enum(['beside', 'replace']),
  reset: z.boolean(),
  limits: z
    .object({ memory: z.int().describe('Bytes.'), cpus: z.number(), pids: z.int() })
    .describe('0 = the default of the server.'),
  sshPublicKey: z
    .string()
    .optional()
    .describe(
      'As in authorized_keys. Read only; left out until the key is made, which is when the repository is added or next built.',
    ),
})

/** `sshKey` is the repository's; what is private of it is never shown. */
export function viewSettings(
  settings: RepositorySettings,
  sshKey: Pick<SshKey, 'public'> | null = null,
  variables: VariableView[] = [],
): z.output<typeof settingsView> {
  const { environmentTTL, qaackFile, ...others } = settings
  return {
    variables,
    ...(sshKey === null ? {} : { sshPublicKey: sshKey.public }),
    ...(environmentTTL > 0 ? { environmentTTL } : {}),
    qaackFile: {
      mode: qaackFile.mode,
      qaackFile: Buffer.from(qaackFile.qaackFile, 'utf8').toString('base64'),
    },
    ...others,
  }
}
