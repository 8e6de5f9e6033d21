import { pastLocks, uploadPack, type Fetch } from './fetch.ts'

const flags = ['--quiet', '--force', '--no-tags', '--no-write-fetch-head', '--update-head-ok']

/** Fetches a commit by its hash, which not every remote gives. */
export async function fetchByHash(options: Omit<Fetch, 'suspect'>, hash: string): Promise<void> {
  await fetch(options, hash)
}

/** Fetches what a ref of the remote points to into a ref of the mirror, and tells the commit. */
export async function fetchByName(
  options: Omit<Fetch, 'suspect'>,
  name: string,
  local: string,
): Promise<string> {
  const { dir, git, signal } = options
  await fetch(options, `+${name}:${local}`)
  const read = await git.run(['rev-parse', '--verify', '--quiet', `${local}^{commit}`], {
    gitDir: dir,
    signal,
  })
  return read.toString('utf8').trim()
}

/** The graph of commits is left to the fetch of everything: both at once would stand in each other's way. */
async function fetch(options: Omit<Fetch, 'suspect'>, what: string): Promise<void> {
  const { dir, remote, git, signal } = options
  const args = ['fetch', ...flags, ...uploadPack(remote), '--', remote.address.url, what]
  const config = { 'fetch.writeCommitGraph': 'false' }
  await pastLocks(options, () => git.run(args, { gitDir: dir, remote, signal, seconds: 3600, config }))
}
