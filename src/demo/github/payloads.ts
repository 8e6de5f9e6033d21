import { commitOf, git, isAncestor, nothing } from './bare.ts'
import type { Json } from './json.ts'
import { signatureOf } from './mirror-push.ts'
import { fullName, type Repository } from './repositories.ts'
import type { World } from './world.ts'

/** One branch or tag that a push set, moved or deleted; forty zeros stand for "was not there". */
export interface RefChange {
  ref: string
  before: string
  after: string
}

const mostCommits = 2048

/** The payload of `push`, without repository, sender and installation. */
export async function pushPayload(
  world: World,
  repository: Repository,
  change: RefChange,
  pusher: string,
): Promise<Json> {
  const { ref, before, after } = change
  const created = before === nothing
  const deleted = after === nothing
  const commits = deleted ? [] : await newCommits(world, repository, change)
  const tip = deleted ? undefined : await commitOf(repository.dir, after)
  const page = `${world.base}/${fullName(repository)}`
  return {
    ref,
    before,
    after,
    created,
    deleted,
    forced: !created && !deleted && !(await isAncestor(repository.dir, before, after)),
    base_ref: null,
    compare:
      created || deleted
        ? `${page}/compare/${shortRef(ref)}`
        : `${page}/compare/${before.slice(0, 12)}...${after.slice(0, 12)}`,
    commits,
    head_commit: tip ? await commitPayload(world, repository, tip) : null,
    pusher: { name: pusher, email: `${pusher}@example.org` },
  }
}

/** The payload of `create` and `delete`, without repository, sender and installation. */
export function refPayload(repository: Repository, change: RefChange): Json {
  const kind = change.ref.startsWith('refs/tags/') ? 'tag' : 'branch'
  const common = { ref: shortRef(change.ref), ref_type: kind, pusher_type: 'user' }
  if (change.after === nothing) return common
  return { ...common, master_branch: repository.defaultBranch, description: null }
}

/** In `push` the times of the repository are numbers, and the owner has a name. */
export function pushedRepository(record: unknown): Json {
  const repository = record as Json
  const seconds = (value: unknown) =>
    typeof value === 'string' ? Math.floor(Date.parse(value) / 1000) : value
  const owner = repository.owner as Json
  return {
    ...repository,
    owner: { name: owner.login, email: null, ...owner },
    created_at: seconds(repository.created_at),
    pushed_at: Math.floor(Date.now() / 1000),
    stargazers: repository.stargazers_count,
    master_branch: repository.default_branch,
    ...(owner.type === 'Organization' && { organization: owner.login }),
  }
}

export function shortRef(ref: string): string {
  return ref.replace(/^refs\/(heads|tags)\//, '')
}

async function newCommits(world: World, repository: Repository, change: RefChange): Promise<Json[]> {
  if (change.ref.startsWith('refs/tags/')) return []
  const known =
    change.before === nothing ? ['--not', `--exclude=${change.ref}`, '--branches'] : [`^${change.before}`]
  const listed = await git(repository.dir, [
    'rev-list',
    '--reverse',
    `--max-count=${mostCommits}`,
    change.after,
    ...known,
  ])
  return Promise.all(
    listed
      .split('\n')
      .filter(Boolean)
      .map((id) => commitPayload(world, repository, id)),
  )
}

/** A commit in webhooks: with the names of the files it touches. */
export async function commitPayload(world: World, repository: Repository, id: string): Promise<Json> {
  const format = ['%T', '%an <%ae> %ad', '%cn <%ce> %cd', '%B'].join('%n')
  const shown = await git(repository.dir, ['show', '--no-patch', '--date=raw', `--format=${format}`, id])
  const [tree = '', author = '', committer = '', ...message] = shown.split('\n')
  const files = await filesOf(repository, id)
  const by = signatureOf(author)
  const from = signatureOf(committer)
  return {
    id,
    tree_id: tree,
    distinct: true,
    message: message.join('\n').trimEnd(),
    timestamp: from.date,
    url: `${world.base}/${fullName(repository)}/commit/${id}`,
    author: { name: by.name, email: by.email },
    committer: { name: from.name, email: from.email },
    ...files,
  }
}

async function filesOf(repository: Repository, id: string) {
  const args = ['diff-tree', '-r', '-z', '--root', '--no-commit-id', '--name-status', '--no-renames', id]
  const parts = (await git(repository.dir, args)).split('\0').filter(Boolean)
  const names = (letters: string) =>
    parts.filter((_, place) => place % 2 === 1 && letters.includes((parts[place - 1] ?? '').slice(0, 1)))
  return { added: names('A'), removed: names('D'), modified: names('MT') }
}
