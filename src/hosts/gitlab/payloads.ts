import { z } from 'zod'

/** What we read of what GitLab sends and answers: these fields and no others. */

export const id = z.number().int().transform(String)

/** Webhooks say `2026-01-01 00:00:00 UTC`, the API `2026-01-01T00:00:00.123Z`. In ms since 1970, to the second. */
const time = z.string().transform((text, context) => {
  const read = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)(?:\.\d+)? ?(UTC|Z|[+-]\d\d:?\d\d)$/.exec(text)
  const zone = read?.[3] === 'UTC' ? 'Z' : read?.[3]?.replace(/^(.\d\d)(\d\d)$/, '$1:$2')
  const at = read ? Date.parse(`${read[1]}T${read[2]}${zone}`) : Number.NaN
  if (!Number.isNaN(at)) return at
  context.addIssue('is not a time')
  return z.NEVER
})

export const user = z.object({ id, username: z.string().min(1) })

const path = z.string().regex(/^[^/\s]+(\/[^/\s]+)+$/, 'is not the path of a project')

/** Of a project, in answers and in webhooks alike. */
export const project = z.object({ id, path_with_namespace: path, web_url: z.string() })

export type Project = z.infer<typeof project>

export const listedProject = project.extend({
  archived: z.boolean().nullish(),
  /** Set once somebody deleted it, for some days in which it can be had back. */
  marked_for_deletion_on: z.string().nullish(),
  marked_for_deletion_at: z.string().nullish(),
})

const drafts = { draft: z.boolean().nullish(), work_in_progress: z.boolean().nullish() }

const mergeRequestFacts = {
  iid: z.number().int().transform(String),
  title: z.string(),
  source_branch: z.string(),
  target_branch: z.string(),
  /** null once the fork was deleted. */
  source_project_id: id.nullish(),
  target_project_id: id,
  state: z.enum(['opened', 'closed', 'locked', 'merged']),
  updated_at: time,
  ...drafts,
}

export type MergeRequestFacts = z.infer<z.ZodObject<typeof mergeRequestFacts>>

export const mergeRequest = z.object({
  ...mergeRequestFacts,
  /** null once the account was deleted. */
  author: user.nullish(),
  /** null as long as nothing is offered. */
  sha: z.string().nullish(),
  labels: z.array(z.string()).nullish(),
  web_url: z.string(),
})

export type MergeRequest = z.infer<typeof mergeRequest>

export const member = z.object({ access_level: z.number(), state: z.string().nullish() })

export const refsEvent = z.object({ project })

/** The id came to webhooks later than the name. */
const person = z.object({ id: id.nullish(), username: z.string().min(1) })

const labels = z.array(z.object({ title: z.string() })).nullish()

export const mergeRequestEvent = z.object({
  user: person,
  project,
  object_attributes: z.object({
    ...mergeRequestFacts,
    action: z.string().nullish(),
    author_id: id.nullish(),
    last_commit: z.object({ id: z.string() }).nullish(),
    labels,
    url: z.string(),
  }),
  labels,
  assignees: z.array(person).nullish(),
  reviewers: z.array(person).nullish(),
})

export type MergeRequestEvent = z.infer<typeof mergeRequestEvent>

export const noteEvent = z.object({
  user: person,
  project,
  object_attributes: z.object({
    id,
    note: z.string().nullish(),
    noteable_type: z.string().nullish(),
    author_id: id.nullish(),
    updated_by_id: id.nullish(),
    system: z.boolean().nullish(),
    internal: z.boolean().nullish(),
    /** Since GitLab 16.11. */
    action: z.string().nullish(),
    created_at: z.string(),
    updated_at: z.string(),
  }),
  merge_request: z.object({ iid: z.number().int().transform(String) }).nullish(),
})

/** Of a system hook: newer kinds have `object_kind`, as those of projects have. */
export const systemEvent = z.object({
  object_kind: z.string().nullish(),
  event_name: z.string().nullish(),
})
