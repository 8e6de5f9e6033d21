import { commitOf, tryGit } from '../../../src/demo/github/bare.ts'
import type { Json } from '../../../src/demo/github/json.ts'
import { iso } from './fields.ts'
import { showPerson } from './people.ts'
import { showPipeline } from './pipelines.ts'
import type { MergeRequest, Pipeline } from './records.ts'
import { fullPath, maintainer, roleOf, type Account, type World } from './world.ts'

export function isDraft(title: string): boolean {
  return /^\s*(\[draft\]|\(draft\)|draft:)/i.test(title)
}

export function withoutDraft(title: string): string {
  return title.replace(/^\s*(\[draft\]|\(draft\)|draft:)\s*/i, '')
}

/** A merge request as lists show it. */
export function showMergeRequest(world: World, change: MergeRequest): Json {
  const { target, source, state } = change
  const person = (account: Account | undefined) => (account ? showPerson(world, account) : null)
  const draft = isDraft(change.title)
  const isFork = source !== target
  return {
    id: change.id,
    iid: change.iid,
    project_id: target.id,
    title: change.title,
    description: change.description,
    state,
    created_at: iso(change.createdAt),
    updated_at: iso(change.updatedAt),
    merged_by: person(change.merged?.by),
    merge_user: person(change.merged?.by),
    merged_at: iso(change.merged?.at),
    closed_by: person(change.closed?.by),
    closed_at: iso(change.closed?.at),
    target_branch: change.targetBranch,
    source_branch: change.sourceBranch,
    user_notes_count: change.notes.filter(({ system }) => !system).length,
    upvotes: 0,
    downvotes: 0,
    author: person(change.author),
    assignees: [],
    assignee: null,
    reviewers: [],
    source_project_id: source.id,
    target_project_id: target.id,
    labels: [...change.labels].sort(),
    draft,
    imported: false,
    imported_from: 'none',
    work_in_progress: draft,
    milestone: null,
    merge_when_pipeline_succeeds: false,
    merge_status: 'can_be_merged',
    detailed_merge_status: state === 'opened' ? (draft ? 'draft_status' : 'mergeable') : 'not_open',
    merge_after: null,
    sha: change.sha,
    merge_commit_sha: change.merged?.commit ?? null,
    squash_commit_sha: null,
    discussion_locked: null,
    should_remove_source_branch: null,
    force_remove_source_branch: false,
    prepared_at: iso(change.createdAt),
    ...(isFork && { allow_collaboration: false, allow_maintainer_to_push: false }),
    reference: `!${change.iid}`,
    references: { short: `!${change.iid}`, relative: `!${change.iid}`, full: referenceOf(change) },
    web_url: urlOf(world, change),
    time_stats: {
      time_estimate: 0,
      total_time_spent: 0,
      human_time_estimate: null,
      human_total_time_spent: null,
    },
    squash: false,
    squash_on_merge: false,
    task_completion_status: { count: 0, completed_count: 0 },
    has_conflicts: false,
    blocking_discussions_resolved: true,
    approvals_before_merge: null,
  }
}

/** The one that was asked for: with what is dear to find out. */
export async function showWhole(
  world: World,
  change: MergeRequest,
  account: Account | undefined,
): Promise<Json> {
  const { target } = change
  const tip = await commitOf(target.dir, `refs/heads/${change.targetBranch}`)
  const { base, files } = tip ? await comparedWith(target.dir, tip, change.sha) : { base: null, files: 0 }
  const pipeline = headPipeline(change)
  const shown = pipeline ? showPipeline(world, change.source, pipeline) : null
  return {
    ...showMergeRequest(world, change),
    subscribed: account === change.author,
    changes_count: String(files),
    latest_build_started_at: iso(pipeline?.createdAt),
    latest_build_finished_at: null,
    first_deployed_to_production_at: null,
    pipeline: shown,
    head_pipeline: shown,
    diff_refs: { base_sha: base, head_sha: change.sha, start_sha: base },
    merge_error: null,
    first_contribution: false,
    user: { can_merge: roleOf(target, account) >= maintainer },
  }
}

/** The newest pipeline of the source branch for what is offered now. It is the source project's: a fork has its own. */
export function headPipeline(change: MergeRequest): Pipeline | undefined {
  return change.source.pipelines
    .filter(({ sha, ref }) => sha === change.sha && ref === change.sourceBranch)
    .at(-1)
}

export function urlOf(world: World, change: MergeRequest): string {
  return `${world.base}/${fullPath(change.target)}/-/merge_requests/${change.iid}`
}

export function referenceOf(change: MergeRequest): string {
  return `${fullPath(change.target)}!${change.iid}`
}

interface Compared {
  base: string | null
  /** How many files differ from it. */
  files: number
}

const compared = new Map<string, Promise<Compared>>()

/** Where a commit parted from another one, which never changes: a change is shown dozens of times between two pushes. */
function comparedWith(dir: string, target: string, sha: string): Promise<Compared> {
  const key = `${dir} ${target} ${sha}`
  const comparison = compared.get(key) ?? compare(dir, target, sha)
  compared.set(key, comparison)
  return comparison
}

async function compare(dir: string, target: string, sha: string): Promise<Compared> {
  const base = (await tryGit(dir, ['merge-base', target, sha])).out.toString('utf8').trim() || null
  const names = (await tryGit(dir, ['diff', '--name-only', `${target}...${sha}`])).out.toString('utf8')
  return { base, files: names.split('\n').filter(Boolean).length }
}
