import { z } from 'zod'

/** What we read of what GitHub sends and answers: these fields and no others. */

/** Numbers that may be too big for JavaScript; as text they keep. */
export const id = z.union([z.number().int(), z.bigint()]).transform(String)

const time = z.iso.datetime({ offset: true }).transform((text) => Date.parse(text))

export const account = z.object({ login: z.string() })

export const repository = z.object({ id, name: z.string().min(1), owner: account })

export const sender = z.object({ sender: account })

/** Of a webhook: about one repository, perhaps of an installation. */
export const about = z.object({
  repository,
  installation: z.object({ id: z.number().int() }).nullish(),
})

const side = z.object({
  ref: z.string(),
  sha: z.string(),
  /** null once a fork was deleted. */
  repo: z.object({ id }).nullish(),
})

export const pull = z.object({
  number: z.number().int(),
  title: z.string(),
  /** null once the account was deleted. */
  user: account.nullish(),
  head: side,
  base: side,
  draft: z.boolean().nullish(),
  labels: z.array(z.object({ name: z.string() })).nullish(),
  state: z.enum(['open', 'closed']),
  merged_at: z.string().nullish(),
  html_url: z.string(),
  updated_at: time,
})

export type Pull = z.infer<typeof pull>

/** Of a webhook: what was done. */
export const acted = z.object({ action: z.string() })

export const pullEvent = about.extend({ pull_request: pull })

export const comment = z.object({
  id,
  body: z.string().nullish(),
  user: account.nullish(),
  performed_via_github_app: z.object({ id: z.number().int() }).nullish(),
})

export type Comment = z.infer<typeof comment>

export const commentEvent = about.extend(sender.shape).extend({
  action: z.string(),
  issue: z.object({ number: z.number().int(), pull_request: z.unknown().optional() }),
  comment,
  changes: z.object({ body: z.object({ from: z.string() }).nullish() }).nullish(),
})

const ofApp = z.object({ head_sha: z.string(), app: z.object({ id: z.number().int() }).nullish() })

export const checkRunEvent = about.extend(sender.shape).extend({ action: z.string(), check_run: ofApp })

export const checkSuiteEvent = about.extend(sender.shape).extend({ action: z.string(), check_suite: ofApp })

/** In lists of an installation a repository has no owner of its own. */
const named = z.object({ id, full_name: z.string().regex(/^[^/]+\/[^/]+$/) })

export type Named = z.infer<typeof named>

export const installationEvent = z.object({
  action: z.string(),
  installation: z.object({
    id: z.number().int(),
    account: z.object({ login: z.string().optional() }).nullish(),
  }),
  repositories: z.array(named).nullish(),
})

export const installationRepositoriesEvent = z.object({
  action: z.string(),
  installation: z.object({ id: z.number().int() }),
  repositories_added: z.array(named),
  repositories_removed: z.array(z.object({ id, full_name: z.string() })),
})

export const repositoryEvent = about.extend({ action: z.string() })

export const refEvent = about.extend({ ref: z.string() })

export const appAnswer = z
  .object({
    id: z.number().int(),
    slug: z.string(),
    name: z.string(),
    html_url: z.string(),
    owner: z.object({ login: z.string().optional() }).nullish(),
  })
  .transform(({ html_url, owner, ...app }) => ({ ...app, url: html_url, owner: owner?.login ?? null }))

export const tokenAnswer = z
  .object({ token: z.string().min(1), expires_at: time })
  .transform(({ token, expires_at }) => ({ token, expiresAt: expires_at }))

export const made = z.object({ id })

export const installation = z.object({ id: z.number().int(), suspended_at: z.string().nullish() })

export const delivery = z.object({ id, guid: z.string(), delivered_at: time, status_code: z.number() })

export const permission = z.object({ permission: z.string() })

export const status = z.object({
  id,
  context: z.string(),
  state: z.string(),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
})

export const checkRun = z.object({
  id,
  external_id: z.string().nullish(),
  app: z.object({ id: z.number().int() }).nullish(),
  output: z.object({ annotations_count: z.number() }).nullish(),
})

export const annotation = z.object({
  path: z.string(),
  start_line: z.number(),
  message: z.string().nullish(),
})

export const deployment = z.object({ id, sha: z.string(), payload: z.unknown().optional() })

export const deploymentStatus = z.object({
  state: z.string(),
  description: z.string().nullish(),
  environment_url: z.string().nullish(),
  log_url: z.string().nullish(),
})
