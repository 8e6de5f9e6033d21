import type { HostRepository } from '../event.ts'
import type { Received } from '../host.ts'
import { instanceOfPage } from './instance.ts'
import type { IsOurs } from './me.ts'
import { mergeRequestEvent, noteEvent, type Project } from './payloads.ts'
import { hostRepository, toldChange } from './translate.ts'

/** What can change whether and how a merge request is built. All else, e.g. who approved it, is nothing to us. */
const actions = ['open', 'reopen', 'update', 'close', 'merge']

export function receiveMergeRequest(payload: unknown): Received {
  const given = mergeRequestEvent.parse(payload)
  const { action } = given.object_attributes
  if (!actions.includes(action ?? ''))
    return { ignored: `nothing depends on a merge request being told of with the action ${action ?? 'none'}` }
  if (given.object_attributes.target_project_id !== given.project.id)
    return { ignored: 'the merge request is offered to another project than the call is about' }
  const repository = spokenOf(given.project)
  if (!repository) return unclear(given.project)
  const change = toldChange(given)
  if (!change) return { ignored: 'the merge request offers no commit yet' }
  return { events: [{ kind: 'change', repository, change }] }
}

export function receiveNote(payload: unknown, isOurs: IsOurs): Received {
  const { user, project, object_attributes: told, merge_request: request } = noteEvent.parse(payload)
  if (told.noteable_type !== 'MergeRequest' || !request)
    return { ignored: 'the comment is on something else than a merge request' }
  if (told.system) return { ignored: 'GitLab wrote the comment itself' }
  // Its answer would be seen by everybody.
  if (told.internal) return { ignored: 'the comment is internal; commands are given where all can see them' }
  // Older ones do not say what happened to it.
  const action = told.action ?? (told.created_at === told.updated_at ? 'create' : 'update')
  if (action !== 'create' && action !== 'update')
    return { ignored: `nothing depends on a comment being told of with the action ${action}` }
  const author = told.author_id ?? user.id ?? null
  if (author !== (user.id ?? author)) return { ignored: 'the comment is not by the one whom the call names' }
  // Who maintains the project may edit what others wrote: nobody is to be made to have said it. The call of an edit names
  // the author as its user, whoever edited; the note tells who that was.
  if (action === 'update' && told.updated_by_id !== author)
    return { ignored: "the comment was edited by somebody else than its author; commands are their author's" }
  const repository = spokenOf(project)
  const instance = instanceOfPage(project.web_url, project.path_with_namespace)
  if (!repository || instance === null) return unclear(project)
  const text = told.note ?? ''
  const ours = isMarked(text) || (author !== null && isOurs(instance, author))
  // GitLab does not tell what an edited one said.
  const before = action === 'create' ? null : undefined
  const comment = { id: told.id, text, before, author: user.username, ours }
  return { events: [{ kind: 'comment', repository, change: request.iid, comment }] }
}

/** The first line of all that we write: who we are is not known before GitLab was asked for the first time. */
function isMarked(text: string): boolean {
  return /^<!-- qaack [^\n]*-->\r?(\n|$)/.test(text)
}

/** Hooks tell of projects that nobody connected, too: of a whole group, or of an instance. */
function spokenOf(project: Project): HostRepository | null {
  const repository = hostRepository(project)
  return repository && { ...repository, connects: false }
}

function unclear({ path_with_namespace: path }: Project): Received {
  return { ignored: `the call does not say at which GitLab ${path} is` }
}
