import { changeKey } from './changes.ts'
import { isObject, listOf, numberAt, textAt, type Json } from './json.ts'
import type { Change } from './records.ts'
import type { Repository } from './repositories.ts'
import type { World } from './world.ts'

/**
 * What emulate answered, as GitHub would have: our commit ids, API addresses below /api/v3, pull requests with their
 * heads of now, comments and checks with the app that made them.
 */
export function present(world: World, value: unknown): unknown {
  if (typeof value === 'string') return presentText(world, value)
  if (Array.isArray(value)) return value.map((item) => present(world, item))
  if (!isObject(value)) return value
  const shown: Json = {}
  for (const [key, inner] of Object.entries(value)) shown[key] = present(world, inner)
  if (isObject(shown.head) && isObject(shown.base) && 'number' in shown && 'draft' in shown)
    return presentChange(world, shown)
  if (shown.type === 'Organization' && 'hooks_url' in shown) return presentOrganisation(shown)
  if ('clone_url' in shown && 'full_name' in shown)
    return { ...shown, web_commit_signoff_required: false, custom_properties: {} }
  if ('head_sha' in shown && 'pull_requests' in shown) return presentCheck(world, shown)
  if ('issue_url' in shown && 'body' in shown) return presentComment(world, shown)
  return shown
}

export function appRecord(world: World): Json {
  const { app, organisation, permissions, events } = world.seed
  const api = `${world.base}/api/v3/orgs/${organisation}`
  return {
    id: app.appId,
    slug: app.slug,
    client_id: app.clientId,
    node_id: Buffer.from(`0:App${app.appId}`).toString('base64'),
    owner: presentOrganisation({
      ...{ login: organisation, id: 1, node_id: 'MDpPcmcx', type: 'Organization', site_admin: false },
      ...{
        url: api,
        html_url: `${world.base}/${organisation}`,
        avatar_url: `${world.base}/avatars/o/${organisation}`,
      },
      ...{ repos_url: `${api}/repos`, events_url: `${api}/events`, hooks_url: `${api}/hooks` },
    }),
    name: app.name,
    description: null,
    external_url: 'https://qaack.invalid',
    html_url: `${world.base}/github-apps/${app.slug}`,
    created_at: '2026-01-01T00:00:00Z',
    updated_at: '2026-01-01T00:00:00Z',
    permissions,
    events,
  }
}

function presentText(world: World, text: string): string {
  const mapped = world.commits.inward(text)
  if (!mapped.startsWith(`${world.base}/`)) return mapped
  const rest = mapped.slice(world.base.length)
  // the web pages of people and repositories have other first words
  return /^\/(repos|users|orgs|teams|app|installation|repositories)(\/|$)/.test(rest)
    ? `${world.base}/api/v3${rest}`
    : mapped
}

function presentChange(world: World, shown: Json): Json {
  const repository = numberAt(shown, 'base', 'repo', 'id')
  const change = world.changes.get(changeKey(repository, numberAt(shown, 'number')))
  if (!change) return shown
  const api = textAt(shown, 'base', 'repo', 'url')
  const links = isObject(shown._links) ? shown._links : {}
  return {
    ...shown,
    ...mergeOf(world, change, shown),
    active_lock_reason: null,
    head: { ...(shown.head as Json), sha: change.head },
    base: { ...(shown.base as Json), sha: change.base },
    statuses_url: `${api}/statuses/${change.head}`,
    _links: { ...links, statuses: { href: `${api}/statuses/${change.head}` } },
    commits: change.commits,
    additions: change.additions,
    deletions: change.deletions,
    changed_files: change.files,
  }
}

function mergeOf(world: World, change: Change, shown: Json): Json {
  const { merged } = change
  if (!merged) {
    const state = shown.draft === true ? 'draft' : 'clean'
    return { mergeable: change.mergeable, mergeable_state: change.mergeable ? state : 'dirty' }
  }
  return {
    merged: true,
    merged_at: merged.at,
    merge_commit_sha: merged.commit,
    merged_by: shown.merged_by ?? {
      login: merged.by,
      type: 'User',
      url: `${world.base}/api/v3/users/${merged.by}`,
    },
    mergeable: null,
    mergeable_state: 'unknown',
  }
}

/** As an owner, an organisation has the addresses that people have. */
function presentOrganisation(shown: Json): Json {
  const api = textAt(shown, 'url').replace(/\/orgs\/([^/]+)$/, '/users/$1')
  return {
    ...shown,
    gravatar_id: '',
    followers_url: `${api}/followers`,
    following_url: `${api}/following{/other_user}`,
    gists_url: `${api}/gists{/gist_id}`,
    starred_url: `${api}/starred{/owner}{/repo}`,
    subscriptions_url: `${api}/subscriptions`,
    organizations_url: `${api}/orgs`,
    received_events_url: `${api}/received_events`,
  }
}

function presentCheck(world: World, shown: Json): Json {
  const repository = repositoryAt(world, textAt(shown, 'url'))
  const suite = shown.check_suite
  const annotated = world.annotations.get(numberAt(shown, 'id'))?.length ?? 0
  return {
    ...shown,
    app: appRecord(world),
    ...(isObject(shown.output) && {
      output: {
        ...shown.output,
        annotations_count: annotated,
        annotations_url: `${textAt(shown, 'url')}/annotations`,
      },
    }),
    ...('before' in shown && { check_runs_url: `${textAt(shown, 'url')}/check-runs` }),
    // a suite inside a run has no list of its own from emulate
    ...(isObject(suite) && { check_suite: { ...suite, app: appRecord(world) } }),
    pull_requests: repository
      ? changesAt(world, repository, textAt(shown, 'head_sha'))
      : listOf(shown.pull_requests),
  }
}

/** GitHub lists changes of the repository itself only, none of forks. */
function changesAt(world: World, repository: Repository, commit: string): Json[] {
  const url = `${world.base}/api/v3/repos/${repository.owner}/${repository.name}`
  const short = { id: repository.id, url, name: repository.name }
  return [...world.changes.values()]
    .filter((one) => one.repository === repository.id && one.headRepository === repository.id)
    .filter((one) => one.open && one.head === commit)
    .map((one) => ({
      id: one.number,
      number: one.number,
      url: `${url}/pulls/${one.number}`,
      head: { ref: one.headRef, sha: one.head, repo: short },
      base: { ref: one.baseRef, sha: one.base, repo: short },
    }))
}

function presentComment(world: World, shown: Json): Json {
  const repository = repositoryAt(world, textAt(shown, 'issue_url'))
  const number = Number(/\/issues\/(\d+)$/.exec(textAt(shown, 'issue_url'))?.[1])
  const ofChange = repository && world.changes.has(changeKey(repository.id, number))
  const byApp = textAt(shown, 'user', 'login') === `${world.seed.app.slug}[bot]`
  const counts = countReactions(world, numberAt(shown, 'id'))
  return {
    ...shown,
    ...(ofChange && { html_url: textAt(shown, 'html_url').replace(/\/issues\/(\d+)#/, '/pull/$1#') }),
    ...(byApp && { performed_via_github_app: appRecord(world) }),
    ...(isObject(shown.reactions) && { reactions: { ...shown.reactions, ...counts } }),
  }
}

function countReactions(world: World, comment: number): Json {
  const counts: Record<string, number> = {}
  for (const reaction of world.reactions.filter((one) => one.comment === comment))
    counts[reaction.content] = (counts[reaction.content] ?? 0) + 1
  return { ...counts, total_count: Object.values(counts).reduce((sum, count) => sum + count, 0) }
}

function repositoryAt(world: World, url: string): Repository | undefined {
  const [, owner = '', name = ''] = /\/repos\/([^/]+)\/([^/]+)/.exec(url) ?? []
  return world.repositories.byName(owner, name)
}
