import { open, readdir, stat } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Mirror } from '../repositories/mirror.ts'
import type { Scratch } from './checkout-scratch.ts'

/** History that is put into a container: packed objects, where it is cut off, the tags on it. */
export interface History {
  /** Pack and index files on this server's disk; none if nothing is new. */
  packs: { name: string; file: string; size: number }[]
  /** Commits whose parents are left out. */
  shallow: string[]
  tags: Tag[]
}

export interface Tag {
  /** `refs/tags/…`, one character per byte. */
  name: string
  hash: string
  /** The commit, where `hash` is a tag's own object; else null. */
  peeled: string | null
}

export interface HistoryWish {
  mirror: Mirror
  hash: string
  /** Commit whose history, to the same depth, is in place; null = nothing is. */
  previous: string | null
  /** 0 = all. */
  depth: number
  scratch: Scratch
  signal: AbortSignal
}

export async function packHistory(wish: HistoryWish): Promise<History> {
  const { mirror, hash, depth, signal } = wish
  const [tags, window] = await Promise.all([
    tagsOn(mirror, hash, signal),
    depth > 0 ? windowOf(mirror, hash, depth, signal) : undefined,
  ])
  const shown = window ? tags.filter((tag) => window.commits.has(tag.peeled ?? tag.hash)) : tags
  const wanted = [hash, ...shown.filter(({ peeled }) => peeled !== null).map((tag) => tag.hash)]
  const known = await base(wish, window)
  const input = [
    ...(known?.cut ?? window?.boundary ?? []).map((commit) => `--shallow ${commit}`),
    ...wanted,
    ...(known ? [`^${known.commit}`] : []),
  ]
  const pack = wish.scratch.path()
  // The way is short: time is saved by not looking for deltas that git has not got already.
  await mirror.run(['pack-objects', '--revs', '--quiet', '--delta-base-offset', '--window=0', pack], {
    input: `${input.join('\n')}\n`,
    signal,
    seconds: 3600,
    config: { 'pack.compression': '1', 'pack.writeReverseIndex': 'false' },
  })
  return { packs: await packsOf(pack), shallow: window?.boundary ?? [], tags: shown }
}

/** Tags whose commit is in the history of `hash`, so that `git describe` finds its way. */
async function tagsOn(mirror: Mirror, hash: string, signal: AbortSignal): Promise<Tag[]> {
  const format = '--format=%(refname) %(objectname) %(*objectname)'
  const listed = await mirror.run(['for-each-ref', `--merged=${hash}`, format, 'refs/tags'], { signal })
  return listed
    .toString('latin1')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const [name = '', tagged = '', peeled = ''] = line.split(' ')
      return { name, hash: tagged, peeled: peeled || null }
    })
}

interface Window {
  commits: Set<string>
  boundary: string[]
}

/** The commits less than `depth` steps from `hash`, and those of them that have a parent which is not. */
async function windowOf(mirror: Mirror, hash: string, depth: number, signal: AbortSignal): Promise<Window> {
  const parents = new Map<string, string[]>()
  let level = [hash]
  for (let step = 0; step < depth && level.length > 0; step += 1) {
    const args = ['rev-list', '--no-walk=unsorted', '--parents', '--stdin']
    const lines = (await mirror.run(args, { input: `${level.join('\n')}\n`, signal }))
      .toString('latin1')
      .split('\n')
    for (const line of lines.filter(Boolean))
      parents.set(line.slice(0, hash.length), line.split(' ').slice(1))
    level = [...new Set(level.flatMap((commit) => parents.get(commit) ?? []))].filter(
      (commit) => !parents.has(commit),
    )
  }
  const boundary = [...parents]
    .filter(([, above]) => above.some((commit) => !parents.has(commit)))
    .map(([commit]) => commit)
  return { commits: new Set(parents.keys()), boundary }
}

/**
 * What need not be sent because it is in place. With a cut-off history only what lies within its bounds is in place, and
 * only if the new commit grew out of that can git work out the rest; else everything is sent.
 */
async function base(
  wish: HistoryWish,
  window: Window | undefined,
): Promise<{ commit: string; cut: string[] } | undefined> {
  const { mirror, hash, previous, depth, signal } = wish
  if (previous === null) return undefined
  if (!window) return { commit: previous, cut: [] }
  const [before, grown] = await Promise.all([
    windowOf(mirror, previous, depth, signal),
    mirror
      .run(['rev-list', '--count', '--max-count=1', previous, `^${hash}`], { signal })
      .then((count) => count.toString().trim() === '0'),
  ])
  const edge = new Set(window.boundary)
  const deeper = before.boundary.some((commit) => window.commits.has(commit) && !edge.has(commit))
  return grown && !deeper ? { commit: previous, cut: before.boundary } : undefined
}

/** Git adds to the name that it was given: `<name>-<sum>.pack` and `.idx`. */
async function packsOf(path: string): Promise<History['packs']> {
  const start = `${basename(path)}-`
  const names = (await readdir(dirname(path))).filter(
    (name) => name.startsWith(start) && /\.(pack|idx)$/.test(name),
  )
  const packs = await Promise.all(
    names.map(async (name) => {
      const file = join(dirname(path), name)
      return { name: `pack-${name.slice(start.length)}`, file, size: (await stat(file)).size }
    }),
  )
  // Nothing but a header of 12 bytes and a sum.
  const empty = packs.some(({ name, size }) => name.endsWith('.pack') && size <= 12 + 32)
  return empty ? [] : packs
}

/** A file's content, piece by piece. */
export async function* contentOf(file: string): AsyncGenerator<Buffer> {
  await using handle = await open(file)
  for await (const chunk of handle.createReadStream({ highWaterMark: 256 * 1024 })) yield chunk as Buffer
}
