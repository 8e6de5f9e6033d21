import { commitOf, git, nothing } from '../../../src/demo/github/bare.ts'
import type { Json } from '../../../src/demo/github/json.ts'
import type { RefChange } from '../../../src/demo/github/payloads.ts'
import type { News } from './deliveries.ts'
import { filesOf, hookCommit, rangeOf, readCommit, readCommits } from './commits.ts'
import { hookTime } from './fields.ts'
import { isDraft, urlOf } from './merge-request-view.ts'
import { hookPerson } from './people.ts'
import { addresses, hookProject } from './project-view.ts'
import type { MergeRequest, Note } from './records.ts'
import type { Account, Project, World } from './world.ts'

/** Tells of a branch or a tag that a push moved. */
export async function tellPush(world: World, project: Project, move: RefChange, by: Account): Promise<void> {
  world.deliveries.send(project.hooks, await pushNews(world, project, move, by))
}

/** What is told of a branch or a tag that moved. */
export async function pushNews(world: World, project: Project, move: RefChange, by: Account): Promise<News> {
  const isTag = move.ref.startsWith('refs/tags/')
  const tip = move.after === nothing ? null : ((await commitOf(project.dir, move.after)) ?? null)
  const commits = isTag || tip === null ? [] : await pushedCommits(world, project, move)
  const kind = isTag ? 'tag_push' : 'push'
  const payload = {
    object_kind: kind,
    event_name: kind,
    before: move.before,
    after: move.after,
    ref: move.ref,
    ref_protected: move.ref === `refs/heads/${project.defaultBranch}`,
    checkout_sha: tip,
    message: null,
    user_id: by.id,
    user_name: by.name,
    user_username: by.username,
    user_email: '',
    user_avatar: null,
    project_id: project.id,
    project: hookProject(world, project),
    commits: commits.slice(-20),
    total_commits_count: commits.length,
    push_options: {},
    repository: {
      ...briefly(world, project),
      git_http_url: addresses(world, project).http,
      git_ssh_url: addresses(world, project).ssh,
      visibility_level: project.visibility === 'public' ? 20 : 0,
    },
  }
  return isTag
    ? { kind: 'tag_push_events', event: 'Tag Push Hook', payload }
    : { kind: 'push_events', event: 'Push Hook', payload }
}

/** A new branch has no new commits if others have them; else all since it was before, oldest first. */
async function pushedCommits(world: World, project: Project, move: RefChange): Promise<Json[]> {
  const since =
    move.before === nothing && move.ref !== `refs/heads/${project.defaultBranch}`
      ? `${project.defaultBranch}..${move.after}`
      : rangeOf(move.before, move.after)
  const range = await git(project.dir, ['rev-list', '--reverse', since, '--'])
  const ids = range.split('\n').filter(Boolean)
  const read = (await readCommits(project.dir, since)).reverse()
  const told = await Promise.all(
    read.map(async (one) => ({
      ...hookCommit(world, project, one),
      ...(await filesOf(project.dir, one.id)),
    })),
  )
  // only the newest twenty are told in full; the rest only count
  return [...ids.slice(0, ids.length - told.length).map((id) => ({ id })), ...told]
}

/** Tells of a merge request; `changes` are of `update`, and `oldrev` of one that brought new commits. */
export async function tellMergeRequest(
  world: World,
  change: MergeRequest,
  by: Account,
  action: 'open' | 'close' | 'reopen' | 'update' | 'merge',
  more: { oldrev?: string; changes?: Json } = {},
): Promise<void> {
  const labels = change.labels.map((name) => hookLabel(world, change.target, name))
  const payload = {
    object_kind: 'merge_request',
    event_type: 'merge_request',
    user: hookPerson(by),
    project: hookProject(world, change.target),
    object_attributes: {
      ...(await attributes(world, change)),
      labels,
      ...(more.oldrev !== undefined && { oldrev: more.oldrev }),
      action,
    },
    labels,
    changes: more.changes ?? {},
    repository: briefly(world, change.target),
  }
  const news = { kind: 'merge_requests_events', event: 'Merge Request Hook', payload }
  world.deliveries.send(change.target.hooks, news)
}

/** Tells of a comment on a merge request. What it said before an edit is not told. */
export async function tellNote(
  world: World,
  change: MergeRequest,
  note: Note,
  by: Account,
  action: 'create' | 'update',
): Promise<void> {
  const { target } = change
  const payload = {
    object_kind: 'note',
    event_type: 'note',
    user: hookPerson(by),
    project_id: target.id,
    project: hookProject(world, target),
    object_attributes: {
      attachment: null,
      author_id: note.author.id,
      change_position: null,
      commit_id: null,
      created_at: hookTime(note.createdAt),
      discussion_id: `note-${note.id}`,
      id: note.id,
      internal: false,
      line_code: null,
      note: note.body,
      noteable_id: change.id,
      noteable_type: 'MergeRequest',
      original_position: null,
      position: null,
      project_id: target.id,
      resolved_at: null,
      resolved_by_id: null,
      resolved_by_push: null,
      st_diff: null,
      system: note.system,
      type: null,
      updated_at: hookTime(note.updatedAt),
      updated_by_id: action === 'update' ? by.id : null,
      description: note.body,
      url: `${urlOf(world, change)}#note_${note.id}`,
      action,
    },
    repository: briefly(world, target),
    merge_request: await attributes(world, change),
  }
  world.deliveries.send(target.hooks, { kind: 'note_events', event: 'Note Hook', payload })
}

/** A label, which gets its number when it is first used. */
export function hookLabel(world: World, project: Project, title: string): Json {
  const id = project.labels.get(title) ?? world.nextId()
  project.labels.set(title, id)
  const time = hookTime(project.createdAt)
  return {
    ...{ id, title, color: '#6699cc', project_id: project.id, created_at: time, updated_at: time },
    ...{ template: false, description: null, type: 'ProjectLabel', group_id: null },
  }
}

async function attributes(world: World, change: MergeRequest): Promise<Json> {
  const draft = isDraft(change.title)
  const { target, source } = change
  return {
    assignee_id: null,
    author_id: change.author.id,
    created_at: hookTime(change.createdAt),
    description: change.description ?? '',
    draft,
    head_pipeline_id: null,
    id: change.id,
    iid: change.iid,
    last_edited_at: null,
    last_edited_by_id: null,
    merge_commit_sha: change.merged?.commit ?? null,
    merge_error: null,
    merge_params: { force_remove_source_branch: '0' },
    merge_status: 'unchecked',
    merge_user_id: change.merged?.by.id ?? null,
    merge_when_pipeline_succeeds: false,
    milestone_id: null,
    source_branch: change.sourceBranch,
    source_project_id: source.id,
    state_id: { opened: 1, closed: 2, merged: 3 }[change.state],
    target_branch: change.targetBranch,
    target_project_id: target.id,
    time_estimate: 0,
    title: change.title,
    updated_at: hookTime(change.updatedAt),
    updated_by_id: null,
    prepared_at: hookTime(change.createdAt),
    assignee_ids: [],
    blocking_discussions_resolved: true,
    detailed_merge_status: change.state === 'opened' ? (draft ? 'draft_status' : 'mergeable') : 'not_open',
    first_contribution: false,
    human_time_change: null,
    human_time_estimate: null,
    human_total_time_spent: null,
    labels: change.labels.map((name) => hookLabel(world, target, name)),
    last_commit: hookCommit(world, source, await readCommit(target.dir, change.sha)),
    reviewer_ids: [],
    source: hookProject(world, source),
    state: change.state,
    system: false,
    target: hookProject(world, target),
    time_change: 0,
    total_time_spent: 0,
    url: urlOf(world, change),
    work_in_progress: draft,
  }
}

function briefly(world: World, project: Project): Json {
  const { ssh, web } = addresses(world, project)
  return { name: project.name, url: ssh, description: null, homepage: web }
}
