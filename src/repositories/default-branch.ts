import { pastLocks, uploadPack, type Fetch } from './fetch.ts'
import type { Git } from './git.ts'
import type { Ref } from './repository.ts'

/** Milliseconds after which a remote is asked again which of its branches is the default one: that changes once in years. */
const askTime = 3_600_000
/** Milliseconds that the answer may come later than the fetch: nobody who pushes waits longer for it. */
const patience = 1_000

/** When a remote was asked last; a mirror that was just made knows. */
export interface Asked {
  headAt: number
}

/**
 * Does a fetch and, when it is time again, asks the remote meanwhile which branch is its default one. That is kept as the mirror's
 * HEAD, which a new mirror has right from its clone. Only the fetch can fail. A remote that says none, or not in time, is asked
 * again when it is time again.
 */
export async function followHead(
  options: Omit<Fetch, 'suspect'>,
  state: Asked,
  { isNew, fetch }: { isNew: boolean; fetch: () => Promise<Ref[]> },
): Promise<Ref[]> {
  const { clock } = options
  const now = clock.now()
  if (!isNew && now - state.headAt < askTime) return fetch()
  const enough = new AbortController()
  const signal = AbortSignal.any([options.signal, enough.signal])
  const asking = isNew ? Promise.resolve(null) : headOf({ ...options, signal }).catch(() => null)
  try {
    const refs = await fetch()
    state.headAt = now
    const head = await Promise.race([asking, clock.sleep(patience, signal).then(() => null)])
    const isThere = refs.some(({ type, name }) => type === 'branch' && name === head)
    if (head !== null && isThere) await keep(options, head)
    return refs
  } finally {
    enough.abort()
    await asking
  }
}

/** What was fetched is there all the same if this fails, and the one that was kept before is most probably right. */
async function keep({ git, dir, clock, signal }: Omit<Fetch, 'suspect'>, head: string): Promise<void> {
  const args = ['symbolic-ref', 'HEAD', `refs/heads/${head}`]
  await pastLocks({ dir, clock, signal }, () => git.run(args, { gitDir: dir, signal })).catch(() => undefined)
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
