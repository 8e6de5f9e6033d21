import type { Git } from './git.ts'
import type { Ref } from './repository.ts'

const format = '%(refname)%00%(objecttype)%00%(objectname)%00%(*objecttype)%00%(*objectname)'

/** Branches and tags of a mirror, each with the commit it means. Tags of anything else than a commit are left out. */
export async function readRefs(git: Git, gitDir: string, signal?: AbortSignal): Promise<Ref[]> {
  const listed = await git.run(['for-each-ref', `--format=${format}`, 'refs/heads', 'refs/tags'], {
    gitDir,
    signal,
  })
  const lines = listed.toString('utf8').split('\n').filter(Boolean)
  const refs = await Promise.all(lines.map(async (line) => refOf(line.split('\0'), git, gitDir, signal)))
  // A name that is not UTF-8 could never be asked for.
  return refs.filter((ref): ref is Ref => ref !== undefined && !ref.name.includes('\uFFFD'))
}

function refOf(
  fields: string[],
  git: Git,
  gitDir: string,
  signal?: AbortSignal,
): Ref | undefined | Promise<Ref | undefined> {
  const [refname = '', type, hash = '', targetType, target = ''] = fields
  const ref = refname.startsWith('refs/heads/')
    ? { type: 'branch' as const, name: refname.slice('refs/heads/'.length) }
    : { type: 'tag' as const, name: refname.slice('refs/tags/'.length) }
  if (type === 'commit') return { ...ref, hash }
  if (targetType === 'commit') return { ...ref, hash: target }
  if (targetType !== 'tag') return undefined
  // A tag of a tag: rare enough for a process of its own.
  return git.run(['rev-parse', '--verify', '--quiet', `${hash}^{commit}`], { gitDir, signal }).then(
    (peeled) => ({ ...ref, hash: peeled.toString('utf8').trim() }),
    () => undefined,
  )
}
