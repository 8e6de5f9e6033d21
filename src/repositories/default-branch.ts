import { uploadPack, type Fetch } from './fetch.ts'
import type { Git } from './git.ts'
import type { Ref } from './repository.ts'

/** Milliseconds after which a remote is asked again which of its branches is the default one: that changes once in years. */
const askTime = 3_600_000

/** When a remote was asked last; a mirror that was just made knows. */
export interface Asked {
  headAt: number
}

/**
 * Does a fetch and, when it is time again, asks the remote meanwhile which branch is its default one. That is kept as the mirror's
 * HEAD, which a new mirror has right from its clone. A remote that does not say it is asked again later.
 */
export async function followHead(
  options: Omit<Fetch, 'suspect'>,
  state: Asked,
  { isNew, fetch }: { isNew: boolean; fetch: () => Promise<Ref[]> },
): Promise<Ref[]> {
  const { git, dir, clock } = options
  const now = clock.now()
  const enough = new AbortController()
  const signal = AbortSignal.any([options.signal, enough.signal])
  const asking =
    isNew || now - state.headAt < askTime
      ? Promise.resolve(null)
      : headOf({ ...options, signal }).catch(() => null)
  try {
    const refs = await fetch()
    if (isNew) state.headAt = now
    const head = await asking
    if (head === null) return refs
    state.headAt = now
    if (refs.some(({ type, name }) => type === 'branch' && name === head))
      await git.run(['symbolic-ref', 'HEAD', `refs/heads/${head}`], { gitDir: dir, signal })
    return refs
  } finally {
    enough.abort()
    await asking
  }
}

/** The branch that everything else goes into, as of the last fetch: as the remote says or, where it says none, by its name. */
export async function defaultBranch(git: Git, gitDir: string): Promise<string | null> {
  const format = '--format=%(HEAD)%(refname)'
  const listed = (await git.run(['for-each-ref', format, 'refs/heads'], { gitDir })).toString('utf8')
  const branches = listed
    .split('\n')
    .filter(Boolean)
    .map((line) => ({ isHead: line.startsWith('*'), name: line.slice(1).replace(/^refs\/heads\//, '') }))
  const named = ['main', 'master'].find((name) => branches.some((branch) => branch.name === name))
  return branches.find(({ isHead }) => isHead)?.name ?? named ?? null
}

async function headOf({ git, remote, signal }: Omit<Fetch, 'suspect'>): Promise<string | null> {
  const args = ['ls-remote', '--symref', ...uploadPack(remote), '--', remote.address.url, 'HEAD']
  const told = (await git.run(args, { remote, signal, seconds: 60 })).toString('utf8')
  return /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(told)?.[1] ?? null
}
