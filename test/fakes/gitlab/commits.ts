import { appendFileSync, chmodSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { git, makeBare, tryGit } from '../../../src/demo/github/bare.ts'
import type { Json } from '../../../src/demo/github/json.ts'
import { maintainer, type Namespace, type Project, type World, fullPath } from './world.ts'

/** A commit, read. */
export interface Commit {
  id: string
  parents: string[]
  author: { name: string; email: string }
  authoredAt: string
  committer: { name: string; email: string }
  committedAt: string
  title: string
  message: string
}

/** A bare repository whose main branch only maintainers push to, as GitLab protects it, and nobody to refs of changes. */
export async function makeRepository(world: World, dir: string, { members }: Namespace): Promise<void> {
  await makeBare(dir, 'main')
  const may = world.accounts.filter(({ id }) => (members.get(id) ?? 0) >= maintainer)
  const users = may.map(({ username }) => `\tmaintainer = ${username}\n`).join('')
  appendFileSync(path.join(dir, 'config'), `[receive]\n\thideRefs = refs/merge-requests\n[qaack]\n${users}`)
  const hook = path.join(dir, 'hooks', 'update')
  mkdirSync(path.dirname(hook), { recursive: true })
  writeFileSync(hook, protection)
  chmodSync(hook, 0o755)
}

const protection = `#!/bin/sh
[ "$1" = refs/heads/main ] || exit 0
git config --get-all qaack.maintainer | grep -qx "$REMOTE_USER" && exit 0
echo 'GitLab: You are not allowed to push code to protected branches on this project.' >&2
exit 1
`

const format = '%H%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%s%x00%B%x00%x01'

/** Commits of a range, e.g. `a..b` or an id, newest first; `most` of them. */
export async function readCommits(dir: string, range: string, most = 20): Promise<Commit[]> {
  const text = await git(dir, ['log', `--max-count=${most}`, `--format=${format}`, range, '--'])
  const blocks = text.split('\u0001').map((block) => block.replace(/^\n/, ''))
  return blocks.filter(Boolean).map((block) => {
    const [id = '', parents = '', ...rest] = block.split('\0')
    const [name = '', email = '', authoredAt = '', byName = '', byEmail = '', committedAt = ''] = rest
    return {
      id,
      parents: parents.split(' ').filter(Boolean),
      author: { name, email },
      authoredAt,
      committer: { name: byName, email: byEmail },
      committedAt,
      title: rest[6] ?? '',
      message: rest[7] ?? '',
    }
  })
}

/** By id: a commit never changes, and almost every answer shows one. */
const known = new Map<string, Commit>()

export async function readCommit(dir: string, id: string): Promise<Commit> {
  const commit = known.get(id) ?? (await readCommits(dir, id, 1))[0]
  if (!commit) throw new Error(`There is no commit ${id}`)
  known.set(id, commit)
  return commit
}

/** A commit as the API shows it. */
export async function commitInfo(world: World, project: Project, sha: string): Promise<Json> {
  const commit = await readCommit(project.dir, sha)
  return {
    id: commit.id,
    short_id: commit.id.slice(0, 8),
    created_at: commit.committedAt,
    parent_ids: commit.parents,
    title: commit.title,
    message: commit.message,
    author_name: commit.author.name,
    author_email: commit.author.email,
    authored_date: commit.authoredAt,
    committer_name: commit.committer.name,
    committer_email: commit.committer.email,
    committed_date: commit.committedAt,
    trailers: {},
    extended_trailers: {},
    web_url: `${world.base}/${fullPath(project)}/-/commit/${commit.id}`,
  }
}

/** A commit as webhooks show it. */
export function hookCommit(world: World, project: Project, commit: Commit): Json {
  return {
    id: commit.id,
    message: commit.message,
    title: commit.title,
    timestamp: commit.committedAt,
    url: `${world.base}/${fullPath(project)}/-/commit/${commit.id}`,
    author: { name: commit.author.name, email: '[REDACTED]' },
  }
}

/** Which files a commit added, modified and removed. */
export async function filesOf(
  dir: string,
  id: string,
): Promise<{ added: string[]; modified: string[]; removed: string[] }> {
  const args = ['diff-tree', '--root', '--no-commit-id', '--name-status', '--no-renames', '-r', '-z', id]
  const parts = (await tryGit(dir, args)).out.toString('utf8').split('\0')
  const of = (letter: string) => parts.filter((_, index) => index % 2 === 1 && parts[index - 1] === letter)
  return { added: of('A'), modified: of('M'), removed: of('D') }
}

/** `a..b`, or all of b where there was nothing before. */
export function rangeOf(before: string, after: string): string {
  return /^0+$/.test(before) ? after : `${before}..${after}`
}
