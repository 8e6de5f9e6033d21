import type { Git } from './git.ts'
import { isGitFault } from './git-failure.ts'
import { mustBeHash } from './hash.ts'

export interface CommitInfo {
  hash: string
  /** Of all its files: commits with the same one differ in nothing but their history. */
  tree: string
  parents: string[]
  author: { name: string; email: string }
  /** Milliseconds since 1970. */
  authoredAt: number
  committedAt: number
  /** First paragraph of the message, in one line. */
  subject: string
}

/** Bytes that a file read as text may have. */
const maxText = 1024 * 1024

export async function commitInfo(git: Git, gitDir: string, hash: string): Promise<CommitInfo> {
  const format = '--format=%H%x00%T%x00%P%x00%an%x00%ae%x00%at%x00%ct%x00%s'
  const shown = await git.run(
    ['log', '-1', '--no-show-signature', '--encoding=UTF-8', format, mustBeHash(hash), '--'],
    { gitDir },
  )
  const [full = '', tree = '', parents = '', name = '', email = '', authored, committed, subject = ''] = shown
    .toString('utf8')
    .trimEnd()
    .split('\0')
  return {
    hash: full,
    tree,
    parents: parents.split(' ').filter(Boolean),
    author: { name, email },
    authoredAt: Number(authored) * 1000,
    committedAt: Number(committed) * 1000,
    subject,
  }
}

export async function hasCommit(git: Git, gitDir: string, hash: string): Promise<boolean> {
  try {
    await git.run(['cat-file', '-e', `${mustBeHash(hash)}^{commit}`], { gitDir })
    return true
  } catch (error) {
    if (isGitFault(error, 'no-ref', 'corrupt', 'other')) return false
    throw error
  }
}

export async function readFile(git: Git, gitDir: string, hash: string, path: string): Promise<string> {
  const text = await git.run(['cat-file', 'blob', `${mustBeHash(hash)}:${path}`], {
    gitDir,
    maxBytes: maxText,
  })
  return text.toString('utf8')
}

export async function paths(git: Git, gitDir: string, hash: string, prefixes: string[]): Promise<string[]> {
  const within = prefixes.includes('') ? [] : ['--', ...prefixes]
  const listed = await git.run(
    ['ls-tree', '-r', '-z', '--full-tree', '--name-only', mustBeHash(hash), ...within],
    { gitDir },
  )
  return listed.toString('utf8').split('\0').filter(Boolean)
}
