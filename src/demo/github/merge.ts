import { commitOf, git, mergedTree, nothing, writeCommit } from './bare.ts'
import { demand, loginOf, masterOf } from './callers.ts'
import { inside, recordOf } from './events.ts'
import { at, textAt } from './json.ts'
import { mirrorCommits } from './mirror-push.ts'
import type { Change } from './records.ts'
import { refsChanged, tellOfChange } from './refs-changed.ts'
import { fullName, type Repository } from './repositories.ts'
import { changeOf, repositoryOf } from './routes.ts'
import { answer, Refusal, type ApiRequest } from './world.ts'

/**
 * `PUT .../merge`: merged really, in the bare repository. Emulate makes a merge of its own, of the head it knew first; its
 * id is from then on another name of the real one.
 */
export async function merge(request: ApiRequest, params: Record<string, string>) {
  const { world } = request
  const repository = repositoryOf(request, params)
  await demand(world, request.caller, repository, 'contents', 'write')
  const change = changeOf(world, repository, params)
  const record = await inside(world, repository, `/pulls/${change.number}`)
  const base = await mergeableBase(repository, change, record, textAt(request.body, 'sha'))
  const commit = await writeMerge(request, repository, change, { base, title: textAt(record, 'title') })
  await mirrorCommits(world, repository, [commit])

  const by = loginOf(request.caller)
  const path = `/repos/${fullName(repository)}/pulls/${change.number}/merge`
  const got = await world.emulate.as(masterOf(world, repository), 'PUT', path, {})
  if (got.status !== 200) return got
  world.commits.alias(textAt(got.body, 'sha'), commit)
  change.open = false
  change.merged = { at: new Date().toISOString(), by, commit }
  await tellOfChange(world, repository, change, 'closed', by)

  const ref = `refs/heads/${change.baseRef}`
  await git(repository.dir, ['update-ref', ref, commit, base])
  await refsChanged(world, repository, [{ ref, before: base, after: commit }], by)
  if (at(await recordOf(world, repository), 'delete_branch_on_merge') === true)
    await deleteHead(request, repository, change)
  return answer(200, { sha: commit, merged: true, message: 'Pull Request successfully merged' })
}

async function deleteHead(request: ApiRequest, repository: Repository, change: Change): Promise<void> {
  if (change.headRepository !== repository.id || change.headRef === repository.defaultBranch) return
  const ref = `refs/heads/${change.headRef}`
  await git(repository.dir, ['update-ref', '-d', ref])
  const move = { ref, before: change.head, after: nothing }
  await refsChanged(request.world, repository, [move], loginOf(request.caller))
}

async function mergeableBase(
  repository: Repository,
  change: Change,
  record: unknown,
  wanted: string,
): Promise<string> {
  const base = await commitOf(repository.dir, `refs/heads/${change.baseRef}`)
  if (!change.open || at(record, 'draft') === true || !base)
    throw new Refusal(405, 'Pull Request is not mergeable')
  if (wanted && wanted !== change.head)
    throw new Refusal(409, 'Head branch was modified. Review and try the merge again.')
  return base
}

async function writeMerge(
  request: ApiRequest,
  repository: Repository,
  change: Change,
  { base, title }: { base: string; title: string },
): Promise<string> {
  const { world, body } = request
  const method = textAt(body, 'merge_method') || 'merge'
  if (method !== 'merge' && method !== 'squash')
    throw new Refusal(405, 'This local GitHub merges and squashes; it does not rebase.')
  const tree = await mergedTree(repository.dir, base, change.head)
  if (!tree) throw new Refusal(405, 'Pull Request is not mergeable')
  const head = world.repositories.byId(change.headRepository)
  const usual =
    method === 'merge'
      ? [`Merge pull request #${change.number} from ${head?.owner}/${change.headRef}`, title]
      : [`${title} (#${change.number})`]
  const first = textAt(body, 'commit_title') || usual[0]
  const rest = textAt(body, 'commit_message') || usual[1]
  const login = loginOf(request.caller)
  return writeCommit(repository.dir, {
    tree,
    parents: method === 'merge' ? [base, change.head] : [base],
    message: `${[first, rest].filter(Boolean).join('\n\n')}\n`,
    by: { name: world.seed.people.get(login)?.name ?? login, email: `${login}@example.org` },
  })
}
