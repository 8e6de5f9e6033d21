import { z } from 'zod'
import { id } from './payloads.ts'

/** What we read of what GitLab answers when we show something: these fields and no others. */

export const made = z.object({ id })

export const note = z.object({
  id,
  body: z.string().nullish(),
  /** Written by GitLab itself, in somebody's name. */
  system: z.boolean().nullish(),
  author: z.object({ id }).nullish(),
})

export const award = z.object({ name: z.string(), user: z.object({ id }).nullish() })

/** Of a merge request: where its code is. */
export const source = z.object({
  source_branch: z.string(),
  source_project_id: id.nullish(),
  target_project_id: id,
  head_pipeline: z.object({ id: z.number().int(), sha: z.string(), project_id: id.nullish() }).nullish(),
})

export type Source = z.infer<typeof source>

export const status = z.object({
  id: z.number().int(),
  name: z.string(),
  ref: z.string().nullish(),
  status: z.string(),
  description: z.string().nullish(),
  target_url: z.string().nullish(),
  /** Newer ones say it. */
  pipeline_id: z.number().int().nullish(),
  author: z.object({ id }).nullish(),
})

export type Status = z.infer<typeof status>

export const environment = z.object({
  id,
  name: z.string(),
  /** `available`, `stopping` or `stopped`. */
  state: z.string(),
  external_url: z.string().nullish(),
})

export type Environment = z.infer<typeof environment>

export const deployment = z.object({ id, sha: z.string(), status: z.string() })

export type Deployment = z.infer<typeof deployment>

/** Its kinds of events have a field each, e.g. `push_events`. */
export const hook = z.looseObject({
  id: z.number().int(),
  url: z.string(),
  /** Since GitLab 16.11. */
  description: z.string().nullish(),
  enable_ssl_verification: z.boolean().nullish(),
  push_events_branch_filter: z.string().nullish(),
  custom_webhook_template: z.string().nullish(),
  /** `executable`, or what GitLab made of it after failures. */
  alert_status: z.string().nullish(),
  disabled_until: z.string().nullish(),
})

export type Hook = z.infer<typeof hook>
