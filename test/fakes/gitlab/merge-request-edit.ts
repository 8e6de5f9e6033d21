import { commitOf } from '../../../src/demo/github/bare.ts'
import type { Json } from '../../../src/demo/github/json.ts'
import { choice, hookTime, names, optional } from './fields.ts'
import { isDraft } from './merge-request-view.ts'
import { hookLabel, tellMergeRequest } from './news.ts'
import type { MergeRequest } from './records.ts'
import { addSystemNote, close, reopen } from './refs-changed.ts'
import { developer, Refusal, reporter, roleOf, type Account, type Asked } from './world.ts'

/** Who made it, or may write. */
export function mayEdit(change: MergeRequest, account: Account): boolean {
  return change.author === account || roleOf(change.target, account) >= developer
}

/** All that one request wants to have otherwise; one webhook tells of it, and one more of closing or opening it again. */
export async function editChange(asked: Asked, change: MergeRequest, account: Account): Promise<void> {
  const { world } = asked
  const wanted = choice(asked, 'state_event', ['close', 'reopen'])
  const changes = await apply(asked, change, account)
  if (Object.keys(changes).length > 0) {
    const before = change.updatedAt
    change.updatedAt = Date.now()
    const updated = { previous: hookTime(before), current: hookTime(change.updatedAt) }
    await tellMergeRequest(world, change, account, 'update', { changes: { ...changes, updated_at: updated } })
  }
  if (wanted === 'close' && change.state === 'opened') await close(world, change, account)
  if (wanted === 'reopen' && change.state === 'closed') {
    if (!(await reopen(world, change, account)))
      throw new Refusal(422, { message: ['Source branch does not exist'] })
  }
}

/** Changes the record; gives what was and what is, by field. */
async function apply(asked: Asked, change: MergeRequest, account: Account): Promise<Json> {
  const changes: Json = {}
  const title = optional(asked, 'title')
  if (title !== undefined && title !== change.title) {
    const [was, is] = [isDraft(change.title), isDraft(title)]
    changes.title = { previous: change.title, current: title }
    if (was !== is) changes.draft = { previous: was, current: is }
    addSystemNote(
      asked.world,
      change,
      account,
      was === is ? 'changed title' : `marked as ${is ? 'draft' : 'ready'}`,
    )
    change.title = title
  }
  const description = optional(asked, 'description')
  if (description !== undefined && description !== change.description) {
    changes.description = { previous: change.description, current: description }
    change.description = description
  }
  const target = optional(asked, 'target_branch')
  if (target !== undefined && target !== change.targetBranch) {
    if (!(await commitOf(change.target.dir, `refs/heads/${target}`)))
      throw new Refusal(422, { message: [`Target branch "${target}" does not exist`] })
    changes.target_branch = { previous: change.targetBranch, current: target }
    addSystemNote(asked.world, change, account, `changed target branch to ${target}`)
    change.targetBranch = target
  }
  // who may not set labels has them ignored, as GitLab does
  if (roleOf(change.target, account) >= reporter) Object.assign(changes, applyLabels(asked, change))
  return changes
}

function applyLabels(asked: Asked, change: MergeRequest): Json {
  const [all, added, removed] = ['labels', 'add_labels', 'remove_labels'].map((name) => names(asked, name))
  const next = [...new Set([...(all ?? change.labels), ...(added ?? [])])].filter(
    (label) => !removed?.includes(label),
  )
  const before = change.labels
  if (next.length === before.length && next.every((label) => before.includes(label))) return {}
  const show = (labels: string[]) => labels.map((name) => hookLabel(asked.world, change.target, name))
  change.labels = next
  return { labels: { previous: show(before), current: show(next) } }
}
