import { commitOf } from '../../../src/demo/github/bare.ts'
import type { Json } from '../../../src/demo/github/json.ts'
import { among, flag, iso, optional, required } from './fields.ts'
import { pushNews } from './news.ts'
import { paged } from './pages.ts'
import type { WebHook } from './records.ts'
import type { Route } from './routes.ts'
import * as at from './world.ts'
import type { Answer, Asked, Project } from './world.ts'

export const hookRoutes: Route[] = [
  ['GET', '/projects/:id/hooks', list],
  ['POST', '/projects/:id/hooks', add],
  ['GET', '/projects/:id/hooks/:hook', one],
  ['PUT', '/projects/:id/hooks/:hook', edit],
  ['DELETE', '/projects/:id/hooks/:hook', remove],
  ['POST', '/projects/:id/hooks/:hook/test/:trigger', tryOut],
]

const events = [
  'push_events',
  'tag_push_events',
  'merge_requests_events',
  'repository_update_events',
  'issues_events',
  'confidential_issues_events',
  'note_events',
  'confidential_note_events',
  'pipeline_events',
  'wiki_page_events',
  'deployment_events',
  'feature_flag_events',
  'job_events',
  'releases_events',
  'milestone_events',
  'emoji_events',
  'resource_access_token_events',
]

function list(asked: Asked): Answer {
  return paged(asked, maintained(asked).hooks, (hook) => show(asked, hook))
}

function one(asked: Asked): Answer {
  return { status: 200, body: show(asked, hookOf(asked)) }
}

function add(asked: Asked): Answer {
  const project = maintained(asked)
  const hook: WebHook = {
    ...{ id: asked.world.nextId(), url: validUrl(required(asked, 'url')), token: '', createdAt: Date.now() },
    ...{ name: null, description: null, pushFilter: '', verifies: true },
    // pushes are told unless it says no
    events: Object.fromEntries(events.map((event) => [event, event === 'push_events'])),
    ...{ failures: 0, disabledUntil: 0 },
  }
  apply(asked, hook)
  project.hooks.push(hook)
  return { status: 201, body: show(asked, hook) }
}

function edit(asked: Asked): Answer {
  const hook = hookOf(asked)
  const url = optional(asked, 'url')
  if (url !== undefined && validUrl(url) !== hook.url) {
    // another address does not inherit the secret
    Object.assign(hook, { url, token: '' })
  }
  apply(asked, hook)
  return { status: 200, body: show(asked, hook) }
}

function remove(asked: Asked): Answer {
  const hook = hookOf(asked)
  const project = maintained(asked)
  project.hooks = project.hooks.filter((other) => other !== hook)
  return { status: 204 }
}

/** Calls it now, even if it is switched off; a good answer switches it on again. */
async function tryOut(asked: Asked): Promise<Answer> {
  const project = maintained(asked)
  const hook = hookOf(asked)
  if (asked.params.trigger !== 'push_events')
    throw new at.Refusal(422, 'Ensure the project has at least one such event to test with.')
  const account = at.signedIn(asked)
  const after = (await commitOf(project.dir, project.defaultBranch)) ?? ''
  const move = { ref: `refs/heads/${project.defaultBranch}`, before: after, after }
  const status = await asked.world.deliveries.sendOne(
    hook,
    await pushNews(asked.world, project, move, account),
  )
  if (status < 200 || status >= 300) throw new at.Refusal(422, `Hook execution failed: ${status}`)
  return { status: 201, body: { message: '201 Created' } }
}

function maintained(asked: Asked): Project {
  const project = at.projectOf(asked)
  at.demand(asked, project, at.maintainer)
  return project
}

function hookOf(asked: Asked): WebHook {
  return among(maintained(asked).hooks, ({ id }) => String(id) === asked.params.hook)
}

function validUrl(url: string): string {
  if (!URL.canParse(url) || !/^https?:\/\//.test(url))
    throw new at.Refusal(422, { error: 'Invalid url given' })
  return url
}

function apply(asked: Asked, hook: WebHook): void {
  for (const event of events) hook.events[event] = flag(asked, event) ?? hook.events[event] ?? false
  hook.verifies = flag(asked, 'enable_ssl_verification') ?? hook.verifies
  hook.token = optional(asked, 'token') ?? hook.token
  hook.name = optional(asked, 'name') ?? hook.name
  hook.description = optional(asked, 'description') ?? hook.description
  hook.pushFilter = optional(asked, 'push_events_branch_filter') ?? hook.pushFilter
}

/** The secret is never shown. */
function show(asked: Asked, hook: WebHook): Json {
  const isOff = hook.disabledUntil > Date.now()
  const forGood = hook.disabledUntil === Infinity
  return {
    id: hook.id,
    url: hook.url,
    name: hook.name,
    description: hook.description,
    created_at: iso(hook.createdAt),
    push_events_branch_filter: hook.pushFilter,
    branch_filter_strategy: 'wildcard',
    custom_webhook_template: null,
    custom_headers: [],
    url_variables: [],
    enable_ssl_verification: hook.verifies,
    alert_status: isOff ? (forGood ? 'disabled' : 'temporarily_disabled') : 'executable',
    disabled_until: isOff && !forGood ? iso(hook.disabledUntil) : null,
    ...hook.events,
    project_id: at.projectOf(asked).id,
  }
}
