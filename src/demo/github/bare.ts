import { spawn } from 'node:child_process'
import { appendFileSync, mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** What counts of git's surroundings: nothing of this machine's settings. */
export const gitSurroundings = {
  PATH: process.env.PATH ?? '',
  HOME: '/nonexistent',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  LC_ALL: 'C',
}

export const nothing = '0'.repeat(40)

export interface Ended {
  exitCode: number
  out: Buffer
  error: string
}

export interface Person {
  name: string
  email: string
}

/** Runs git in a bare repository and gives what it printed; throws if it fails. */
export async function git(dir: string, args: string[], input?: string): Promise<string> {
  const { exitCode, out, error } = await tryGit(dir, args, input)
  if (exitCode !== 0) throw new Error(`git ${args.join(' ')} ended with ${exitCode}: ${error.trim()}`)
  return out.toString('utf8')
}

export function tryGit(
  dir: string,
  args: string[],
  input?: string,
  env: Record<string, string> = {},
): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', ['-C', dir, ...args], { env: { ...gitSurroundings, ...env } })
    const out: Buffer[] = []
    const errors: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => errors.push(chunk))
    child.on('error', reject)
    child.on('close', (code) =>
      resolve({
        exitCode: code ?? 1,
        out: Buffer.concat(out),
        error: Buffer.concat(errors).toString('utf8'),
      }),
    )
    // git may end before it has read everything
    child.stdin.on('error', () => undefined)
    child.stdin.end(input ?? '')
  })
}

/** A bare repository that may be read as GitHub's may: any commit by its id; what lies below refs/pull is not pushed to. */
export async function makeBare(dir: string, branch: string): Promise<void> {
  mkdirSync(dir, { recursive: true })
  await git(dir, ['init', '--quiet', '--bare', `--initial-branch=${branch}`])
  appendFileSync(path.join(dir, 'config'), settings)
}

const settings = `
[http]
  receivepack = true
[uploadpack]
  allowAnySHA1InWant = true
  allowReachableSHA1InWant = true
  allowFilter = true
[receive]
  hideRefs = refs/pull
  autogc = false
[gc]
  auto = 0
[maintenance]
  auto = false
`

/** All branches and tags with what they point to (a tag object for an annotated tag). */
export async function refsOf(dir: string): Promise<Map<string, string>> {
  const lines = await git(dir, [
    'for-each-ref',
    '--format=%(objectname) %(refname)',
    'refs/heads',
    'refs/tags',
  ])
  return new Map(
    lines
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(41), line.slice(0, 40)]),
  )
}

/** `<folder> <id>` of commits that were found before; nothing is ever taken out of a repository here. */
const known = new Set<string>()

/**
 * The commit that a branch, tag, full ref or id stands for; undefined if there is none. Asked for with almost every request:
 * git is started only for what no file and no earlier answer tells.
 */
export async function commitOf(dir: string, ref: string): Promise<string | undefined> {
  if (ref === '' || ref.startsWith('-')) return undefined
  if (known.has(`${dir} ${ref}`)) return ref
  const branch = branchIn(dir, ref.replace(/^refs\/heads\//, ''))
  if (branch !== undefined) return branch
  const isId = /^[0-9a-f]{40}$/.test(ref)
  for (const name of isId ? [ref] : [`refs/heads/${ref}`, `refs/tags/${ref}`, ref]) {
    const found = await tryGit(dir, ['rev-parse', '--quiet', '--verify', `${name}^{commit}`])
    if (found.exitCode !== 0) continue
    const commit = found.out.toString('utf8').trim()
    known.add(`${dir} ${commit}`)
    return commit
  }
  return undefined
}

/** What the file of a branch says; undefined if there is none, or its name may mean another place. */
function branchIn(dir: string, name: string): string | undefined {
  if (!/^[\w/-]+$/.test(name)) return undefined
  try {
    const text = readFileSync(path.join(dir, 'refs/heads', name), 'utf8').trim()
    return /^[0-9a-f]{40}$/.test(text) ? text : undefined
  } catch {
    return undefined
  }
}

export async function isAncestor(dir: string, older: string, newer: string): Promise<boolean> {
  return (await tryGit(dir, ['merge-base', '--is-ancestor', older, newer])).exitCode === 0
}

/** The tree of both merged, or undefined if they conflict. */
export async function mergedTree(dir: string, base: string, head: string): Promise<string | undefined> {
  const { exitCode, out } = await tryGit(dir, ['merge-tree', '--write-tree', base, head])
  return exitCode === 0 ? out.toString('utf8').trim() : undefined
}

/** Writes a commit and returns its id; no ref moves. */
export async function writeCommit(
  dir: string,
  commit: { tree: string; parents: string[]; message: string; by: Person },
): Promise<string> {
  const parents = commit.parents.flatMap((parent) => ['-p', parent])
  const { exitCode, out, error } = await tryGit(
    dir,
    ['commit-tree', commit.tree, ...parents],
    commit.message,
    {
      GIT_AUTHOR_NAME: commit.by.name,
      GIT_AUTHOR_EMAIL: commit.by.email,
      GIT_COMMITTER_NAME: commit.by.name,
      GIT_COMMITTER_EMAIL: commit.by.email,
    },
  )
  if (exitCode !== 0) throw new Error(`No commit could be written: ${error.trim()}`)
  return out.toString('utf8').trim()
}
