import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Clock } from '../clock.ts'
import { QaackError } from '../errors.ts'
import type { Git } from './git.ts'
import { isGitFault } from './git-failure.ts'
import { removeLocks } from './locks.ts'
import { branchesAndTags, type Remote } from './remote.ts'
import { removeOldScratch } from './scratch.ts'

/** Seconds a fetch may take: the first one of a big repository is slow. */
const fetchSeconds = 3600
/** Packs, and loose objects, from which on a mirror is packed anew. */
const manyPacks = 40
const manyObjects = 6000

/** What is in a tree goes into a preview as it is: `git archive` would leave out or rewrite files that ask for it. */
const attributes = '* -export-ignore -export-subst\n'

export interface MirrorOptions {
  /** Where it is, or shall be; absolute, ending in `.git`. */
  dir: string
  remote: Remote
  git: Git
  clock: Clock
  /** See Mirror. */
  strangers?: boolean
}

export type Fetch = MirrorOptions & {
  /** The mirror was found damaged. */
  suspect: boolean
  signal: AbortSignal
}

/** Makes the mirror, or brings it up to date; remakes it if it is damaged or half made. */
export async function fetchMirror(options: Fetch): Promise<void> {
  try {
    if (!existsSync(options.dir) || options.suspect) return await makeMirror(options)
    await updateMirror(options)
  } catch (error) {
    if (!isGitFault(error, 'corrupt')) throw error
    await makeMirror(options)
  }
}

/** Beside its place, then moved there: what is at the place is always whole. */
async function makeMirror({ dir, remote, git, signal }: Fetch): Promise<void> {
  await onDisk(mkdir(dirname(dir), { recursive: true }))
  await removeUnfinished(dir)
  const made = await onDisk(mkdtemp(`${dir}.new-`))
  try {
    const url = remote.address.url
    const clone = [
      'clone',
      '--quiet',
      '--bare',
      '--no-local',
      '--template=',
      ...uploadPack(remote),
      '--',
      url,
      made,
    ]
    await git.run(clone, { remote, signal, seconds: fetchSeconds })
    await onDisk(mkdir(join(made, 'info'), { recursive: true }))
    await onDisk(writeFile(join(made, 'info', 'attributes'), attributes))
    if (remote.refspecs.some((refspec) => !branchesAndTags.includes(refspec)))
      await fetchInto({ gitDir: made, remote, git, signal })
    await rm(dir, { recursive: true, force: true })
    await rename(made, dir)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    throw error
  }
}

async function removeUnfinished(dir: string): Promise<void> {
  const siblings = await readdir(dirname(dir))
  const unfinished = siblings.filter((name) => name.startsWith(`${basename(dir)}.new-`))
  await Promise.all(unfinished.map((name) => rm(join(dirname(dir), name), { recursive: true, force: true })))
}

async function updateMirror({ dir, remote, git, signal, clock }: Fetch): Promise<void> {
  await removeOldScratch(dir)
  await pastLocks({ dir, clock, signal }, () => fetchInto({ gitDir: dir, remote, git, signal }))
  await packWhenScattered({ gitDir: dir, git, signal })
}

/** Once more after the locks are gone that were left by a server that was killed, or held by its orphan, which will end soon. */
export async function pastLocks(
  { dir, clock, signal }: Pick<Fetch, 'dir' | 'clock' | 'signal'>,
  fetch: () => Promise<unknown>,
): Promise<void> {
  try {
    await fetch()
  } catch (error) {
    if (!isGitFault(error, 'locked')) throw error
    for (let tries = 0; tries < 30 && !(await removeLocks(dir)); tries += 1) await clock.sleep(1000, signal)
    signal.throwIfAborted()
    await fetch()
  }
}

type Within = Pick<Fetch, 'git' | 'signal'> & { gitDir: string }

async function fetchInto({ gitDir, remote, git, signal }: Within & { remote: Remote }): Promise<void> {
  const flags = [
    '--quiet',
    '--prune',
    '--force',
    '--no-tags',
    '--no-write-fetch-head',
    '--update-head-ok',
    ...uploadPack(remote),
  ]
  await git.run(['fetch', ...flags, '--', remote.address.url, ...remote.refspecs], {
    gitDir,
    remote,
    signal,
    seconds: fetchSeconds,
  })
}

/** A local repository may belong to somebody else; it was named on purpose, and nothing of it is run. */
export function uploadPack(remote: Remote): string[] {
  return remote.address.kind === 'local' ? ['--upload-pack=git -c safe.directory=* upload-pack'] : []
}

/** Objects that no ref leads to any more are kept: an environment may still be made of them. */
async function packWhenScattered({ gitDir, git, signal }: Within): Promise<void> {
  if (!(await isScattered(join(gitDir, 'objects')))) return
  await git.run(['pack-refs', '--all', '--prune'], { gitDir, signal })
  await git.run(['repack', '-a', '-d', '--keep-unreachable', '--quiet'], {
    gitDir,
    signal,
    seconds: fetchSeconds,
  })
}

/** As git itself guesses it: objects lie in 256 folders by their hashes, so that one tells of all. */
async function isScattered(objects: string): Promise<boolean> {
  const [packs, some] = await Promise.all(
    ['pack', '17'].map((folder) => readdir(join(objects, folder)).catch(() => [])),
  )
  const count = packs?.filter((name) => name.endsWith('.pack')).length ?? 0
  return count >= manyPacks || (some?.length ?? 0) * 256 >= manyObjects
}

/** Bytes of all objects. */
export async function sizeOf(git: Git, gitDir: string): Promise<number> {
  const counted = (await git.run(['count-objects', '-v'], { gitDir })).toString('utf8')
  const kibOf = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(counted)?.[1] ?? 0)
  return (kibOf('size') + kibOf('size-pack')) * 1024
}

async function onDisk<T>(writing: Promise<T>): Promise<T> {
  try {
    return await writing
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? ''
    if (code === 'ENOSPC' || code === 'EDQUOT')
      throw new QaackError('disk_full', 'the disk of data_dir is full; free space there', { cause })
    throw new QaackError(
      'internal',
      `the mirrors cannot be kept in data_dir (${code}); let this server write there`,
      { cause },
    )
  }
}
