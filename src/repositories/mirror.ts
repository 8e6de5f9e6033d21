import { existsSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import type { Address } from './address.ts'
import { commitInfo, hasCommit, paths, readFile, type CommitInfo } from './commits.ts'
import { defaultBranch, followHead, type Asked } from './default-branch.ts'
import { fetchMirror, sizeOf, type MirrorOptions } from './fetch.ts'
import { fetchByHash, fetchByName } from './fetch-one.ts'
import type { GitOptions } from './git.ts'
import { isGitFault } from './git-failure.ts'
import { mustBeHash } from './hash.ts'
import { Joined } from './joined.ts'
import { readRefs } from './refs.ts'
import { Remembered } from './remembered.ts'
import { reachable, type Remote } from './remote.ts'
import type { Ref } from './repository.ts'
import { modulesOf, submoduleOf } from './submodule-mirror.ts'

/**
 * A bare copy of a repository on this server, which everything is read from. Every method may run at any time; reading
 * works while it is fetched. Failures are GitFailure; a damaged copy is said as such once and made anew by the next fetch.
 */
export interface Mirror {
  /** The bare repository, absolute. */
  readonly dir: string
  readonly remote: Remote
  /** It is for code that strangers had a hand in: only what everybody can have over http may be fetched. */
  readonly strangers: boolean
  /**
   * Brings it up to what the remote has, making it first if need be. Resolves with the branches and tags as they are then,
   * each with its commit. Who asks while it runs shares one more run after it.
   */
  fetch(signal?: AbortSignal): Promise<Ref[]>
  /** Fetches one commit that no branch or tag leads to, where the remote gives it. */
  fetchCommit(hash: string, signal?: AbortSignal): Promise<void>
  /**
   * Fetches what a ref of the remote that is neither branch nor tag points to, such as `refs/pull/12/head`, and keeps it
   * under the name `kept` below `refs/qaack/`. Resolves with its commit. GitFailure `no-ref` if it is not there.
   */
  fetchRef(name: string, kept: string, signal?: AbortSignal): Promise<string>
  /** As of the last fetch; empty before the first. */
  refs(): Promise<Ref[]>
  /** The branch that everything else goes into; null if there is none that the remote names, nor one named as most are. */
  defaultBranch(): Promise<string | null>
  hasCommit(hash: string): Promise<boolean>
  commitInfo(hash: string): Promise<CommitInfo>
  /** A file's text at a commit, at most 1 MiB. GitFailure `no-ref` if it is not there. */
  readFile(hash: string, path: string): Promise<string>
  /** Every file below some folders at a commit (of all if one is ''), as paths from the top. A file's own path gives that file. */
  paths(hash: string, ...prefixes: [string, ...string[]]): Promise<string[]>
  /** Bytes on disk; 0 if it is not there. */
  size(): Promise<number>
  /** Git in this mirror, for those who need more than is here. It reaches the remote only if asked to. */
  run(args: string[], options?: Omit<GitOptions, 'gitDir'> & { maxBytes?: number }): Promise<Buffer>
  stream(args: string[], options?: Omit<GitOptions, 'gitDir'>): AsyncIterable<Buffer>
  /** The mirror of a submodule. It lies beside this one and goes with it. Credentials go along to the same host only. */
  submodule(address: Address): Mirror
  /**
   * The same for code that strangers had a hand in: what it leads to (submodules, large files) is fetched without credentials
   * and kept apart, so that nothing can be had through it that its author could not have had.
   */
  forStrangers(): Mirror
  /** Takes it off the disk. Safe twice. */
  remove(): Promise<void>
}

export function createMirror(options: MirrorOptions): Mirror {
  return mirrorWith(options, { suspect: false, headAt: -Infinity, seen: new Set(), seenAt: -Infinity })
}

/** Milliseconds for which a commit that a fetch told of is taken to be there: long enough for the build that it leads to. */
const believed = 10_000

/** Commits of which it is remembered when, by whom and for what they were made. */
const mostInfos = 50

/** Of the copy on disk, which two mirrors may share. */
interface CopyState extends Asked {
  /** It was found damaged. */
  suspect: boolean
  /** What its branches and tags pointed to after the last fetch, and when that was. */
  seen: ReadonlySet<string>
  seenAt: number
}

function mirrorWith(options: MirrorOptions, state: CopyState): Mirror {
  const { dir, remote, git, clock } = options
  const gitDir = dir
  const submodules = new Map<string, Mirror>()
  /** Two fetches into one ref would meet at its lock. */
  const single = new Map<string, Joined<string>>()
  const infos = new Remembered<CommitInfo>(mostInfos)
  let strangers: Mirror | undefined
  const fetching = new Joined(async (signal) => {
    const wish = { ...options, remote: await reachable(remote), signal }
    const { suspect } = state
    return followHead(wish, state, {
      isNew: suspect || !existsSync(dir),
      async fetch() {
        await fetchMirror({ ...wish, suspect })
        state.suspect = false
        const refs = await readRefs(git, dir, signal)
        Object.assign(state, { seen: new Set(refs.map(({ hash }) => hash)), seenAt: clock.now() })
        return refs
      },
    })
  })
  const wasSeen = (hash: string) =>
    !state.suspect && clock.now() < state.seenAt + believed && state.seen.has(hash)
  /** Remembers a damage, for the next fetch. */
  const watched = <T>(reading: Promise<T>): Promise<T> =>
    reading.catch((error: unknown) => {
      if (isGitFault(error, 'corrupt')) state.suspect = true
      throw error
    })

  return {
    dir,
    remote,
    strangers: options.strangers ?? false,
    fetch: (signal) => fetching.ask(signal),
    async fetchCommit(hash, signal = new AbortController().signal) {
      const wish = { ...options, remote: await reachable(remote), signal }
      await watched(fetchByHash(wish, mustBeHash(hash)))
    },
    fetchRef(name, kept, signal) {
      const known = single.get(`${name}:${kept}`)
      if (known) return known.ask(signal)
      const made = new Joined(async (stop) => {
        const wish = { ...options, remote: await reachable(remote), signal: stop }
        return watched(fetchByName(wish, name, `refs/qaack/${kept}`))
      })
      single.set(`${name}:${kept}`, made)
      return made.ask(signal)
    },
    refs: async () => (existsSync(dir) ? watched(readRefs(git, dir)) : []),
    defaultBranch: async () => (existsSync(dir) ? watched(defaultBranch(git, dir)) : null),
    hasCommit: async (hash) => existsSync(dir) && (wasSeen(hash) || hasCommit(git, dir, hash)),
    commitInfo: (hash) => infos.ask(hash, () => watched(commitInfo(git, dir, hash))),
    readFile: (hash, path) => watched(readFile(git, dir, hash, path)),
    paths: (hash, ...prefixes) => watched(paths(git, dir, hash, prefixes)),
    size: async () => (existsSync(dir) ? sizeOf(git, dir) : 0),
    run: (args, given) => watched(git.run(args, { ...given, gitDir })),
    stream: (args, given) => git.stream(args, { ...given, gitDir }),
    submodule(address) {
      const known = submodules.get(address.url)
      if (known) return known
      const made = createMirror({ ...options, ...submoduleOf(options, address) })
      submodules.set(address.url, made)
      return made
    },
    forStrangers() {
      const { address, refspecs } = remote
      const anonymous = { address, refspecs, credentials: null }
      return (strangers ??= mirrorWith({ ...options, remote: anonymous, strangers: true }, state))
    },
    async remove() {
      await Promise.all([fetching.idle(), ...[...single.values()].map((one) => one.idle())])
      // Somebody may still be reading, and git writes beside that.
      const all = { recursive: true, force: true, maxRetries: 10 }
      for (const one of [modulesOf(dir, true), modulesOf(dir), dir]) await rm(one, all)
    },
  }
}
