import { existsSync } from 'node:fs'
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { basename, join, resolve } from 'node:path'
import { QaackError } from '../errors.ts'
import type { Git } from './git.ts'

/** A folder of somebody's code, as it is now, as a commit on a branch of a bare repository of ours. */
export interface Snapshot {
  /** The bare repository, absolute: an origin like any other. */
  origin: string
  branch: string
  hash: string
  /** For people: the folder's name. */
  name: string
}

/**
 * Takes a snapshot of a working copy, with what is not committed and not ignored, without touching it: its own index, branches
 * and objects stay as they are. A folder that is no git repository works too. The same content twice is the same commit.
 */
export async function snapshotWorkingCopy(git: Git, folder: string, origin: string): Promise<Snapshot> {
  const dir = resolve(folder)
  if (!existsSync(dir)) throw new QaackError('invalid', `there is no folder ${dir}`)
  const own = existsSync(join(dir, '.git')) ? await commonDir(git, dir) : undefined
  await makeOrigin(git, origin, own)
  const said = async (args: string[], gitDir = origin) =>
    (await git.run(args, { gitDir })).toString('utf8').trim()
  const head =
    own === undefined
      ? ''
      : await said(['rev-parse', '--verify', '-q', 'HEAD^{commit}'], join(dir, '.git')).catch(() => '')
  const branch =
    own === undefined
      ? 'working-copy'
      : await said(['symbolic-ref', '-q', '--short', 'HEAD'], join(dir, '.git')).catch(() => 'working-copy')

  await said(['--work-tree', dir, ...(await ignoring(own, origin)), 'add', '--all', '--', dir])
  const tree = await said(['write-tree'])
  const before = await said(['rev-parse', '--verify', '-q', `refs/heads/${branch}`]).catch(() => '')
  const same = async (commit: string) =>
    commit !== '' && (await said(['rev-parse', `${commit}^{tree}`])) === tree
  const author = { 'user.name': 'Qaack', 'user.email': 'qaack@localhost' }
  const commit = async (args: string[]) =>
    (await git.run(['commit-tree', ...args, '-m', 'working copy'], { gitDir: origin, config: author }))
      .toString('utf8')
      .trim()
  const parent = head === '' ? [] : ['-p', head]
  const hash = (await same(head)) ? head : (await same(before)) ? before : await commit([tree, ...parent])
  // Only the branch that is checked out is known: another's preview ends, and no name stands in the way of this one.
  const others = (await said(['for-each-ref', '--format=%(refname)', 'refs/heads'])).split('\n')
  for (const ref of others.filter((name) => name !== '' && name !== `refs/heads/${branch}`))
    await said(['update-ref', '-d', ref])
  await said(['update-ref', `refs/heads/${branch}`, hash])
  return { origin, branch, hash, name: basename(dir) }
}

/** What this person's git ignores beyond `.gitignore`: the repository's own list, and the one for all of them. */
async function ignoring(own: string | undefined, origin: string): Promise<string[]> {
  // A lock that a killed run left; nobody else works in a repository of ours.
  await rm(join(origin, 'index.lock'), { force: true })
  const exclude = own === undefined ? undefined : join(own, 'info', 'exclude')
  await mkdir(join(origin, 'info'), { recursive: true })
  if (exclude !== undefined && existsSync(exclude)) await copyFile(exclude, join(origin, 'info', 'exclude'))
  const personal = join(homedir(), '.config', 'git', 'ignore')
  return existsSync(personal) ? ['-c', `core.excludesFile=${personal}`] : []
}

/** Where a repository, or the one a linked worktree belongs to, keeps its objects. */
async function commonDir(git: Git, dir: string): Promise<string> {
  const said = await git.run(['-C', dir, 'rev-parse', '--git-common-dir'])
  return resolve(dir, said.toString('utf8').trim())
}

/** Borrows the objects of the folder's own repository, so that nothing is copied and history is there. */
async function makeOrigin(git: Git, origin: string, own: string | undefined): Promise<void> {
  if (!existsSync(join(origin, 'HEAD'))) {
    await mkdir(origin, { recursive: true })
    await git.run(['init', '-q', '--bare', origin])
  }
  if (own === undefined) return
  await mkdir(join(origin, 'objects', 'info'), { recursive: true })
  await writeFile(join(origin, 'objects', 'info', 'alternates'), `${join(own, 'objects')}\n`)
}
