import { BuildFailure } from '../errors.ts'
import { GitFailure } from './git-failure.ts'
import { mustBeHash } from './hash.ts'
import type { Mirror } from './mirror.ts'

/** Bytes of what git says about a merge; a conflict that needs more is told in part. */
const maxSaid = 1024 * 1024
/** Nobody's: the merge is no host's commit, and nobody shall be written to about it. */
const identity = 'Qaack <qaack@invalid>'

/**
 * Merges the commit `source` into the commit `target`; the mirror must have both. The same two with the same message give
 * the same commit, on every server and at any time. Where one contains the other it is that one itself. `conflicts` are
 * paths from the top, sorted. Histories without a common commit are a BuildFailure.
 */
export async function mergeCommits(
  mirror: Mirror,
  wish: { target: string; source: string; message: string },
  signal?: AbortSignal,
): Promise<{ commit: string } | { conflicts: string[] }> {
  const { target, source, message } = wish
  const bases = await mergeBases(mirror, target, source, signal)
  if (bases.includes(target)) return { commit: source }
  if (bases.includes(source)) return { commit: target }
  if (bases.length === 0)
    throw new BuildFailure(
      `${source.slice(0, 7)} and ${target.slice(0, 7)} have no commit in common, so they cannot be merged; ` +
        'begin the branch anew from the one that it is offered to',
    )
  const merged = await mergeTrees(mirror, target, source, signal)
  if ('conflicts' in merged) return merged
  const parents = [target, source]
  return { commit: await writeCommit(mirror, { tree: merged.tree, parents, message }, signal) }
}

/**
 * Paths of all files that `source` changed, added or removed since it left `target`: of a whole change, not of its last
 * push. A file that was moved counts under both names.
 */
export async function changedPaths(
  mirror: Mirror,
  target: string,
  source: string,
  signal?: AbortSignal,
): Promise<string[]> {
  const [base] = await mergeBases(mirror, target, source, signal)
  if (base === undefined) return mirror.paths(source, '')
  const listed = await mirror.run(['diff-tree', '-r', '-z', '--name-only', '--no-renames', base, source], {
    signal,
  })
  return listed.toString('utf8').split('\0').filter(Boolean)
}

/** The newest commits that both contain; none of histories that have nothing in common. */
async function mergeBases(mirror: Mirror, one: string, other: string, signal?: AbortSignal) {
  // Unlike merge-base, it is no failure to it that there is none.
  const said = await mirror.run(['rev-parse', `${mustBeHash(one)}...${mustBeHash(other)}`], { signal })
  const lines = said.toString('utf8').split('\n')
  return lines.filter((line) => line.startsWith('^')).map((line) => line.slice(1))
}

async function mergeTrees(
  mirror: Mirror,
  target: string,
  source: string,
  signal?: AbortSignal,
): Promise<{ tree: string } | { conflicts: string[] }> {
  let said = Buffer.alloc(0)
  try {
    for await (const chunk of mirror.stream(
      ['merge-tree', '--write-tree', '--name-only', '-z', target, source],
      { signal },
    )) {
      said = Buffer.concat([said, chunk])
      if (said.length > maxSaid) break
    }
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error
    if (isTooOld(error)) throw tooOld(error)
    // Git ends with an exit code other than 0 on a conflict, too, but has named a tree by then.
    if (!treeIn(said)) throw error
    return { conflicts: conflictsIn(said) }
  }
  const tree = treeIn(said)
  if (tree === undefined || said.length > maxSaid) return { conflicts: conflictsIn(said) }
  return { tree }
}

function treeIn(said: Buffer): string | undefined {
  return /^([0-9a-f]{40}|[0-9a-f]{64})(?=\0)/.exec(said.toString('latin1', 0, 65))?.[0]
}

/**
 * What git says of a conflict: the tree, the paths, an empty text, then messages, each with how many paths it is about, the
 * paths, its kind and a sentence. A folder that was renamed twice is in a message only.
 */
function conflictsIn(said: Buffer): string[] {
  const texts = said.toString('utf8').split('\0').slice(1, -1)
  const end = texts.indexOf('')
  const paths = end < 0 ? texts : texts.slice(0, end)
  return [...new Set(paths.length > 0 ? paths : pathsOfMessages(texts.slice(end + 1)))].sort()
}

function pathsOfMessages(texts: string[]): string[] {
  const paths: string[] = []
  for (let at = 0; at < texts.length;) {
    const count = Number(texts[at])
    if (!Number.isInteger(count)) break
    const kind = texts[at + 1 + count] ?? ''
    if (kind.startsWith('CONFLICT')) paths.push(...texts.slice(at + 1, at + 1 + count))
    at += count + 3
  }
  return paths
}

/** Written out by hand because git's own command takes the time from its surroundings; it is the source commit's here. */
async function writeCommit(
  mirror: Mirror,
  { tree, parents, message }: { tree: string; parents: string[]; message: string },
  signal?: AbortSignal,
): Promise<string> {
  const { committedAt } = await mirror.commitInfo(parents.at(-1) ?? '')
  const who = `${identity} ${committedAt / 1000} +0000`
  const lines = [
    `tree ${tree}`,
    ...parents.map((parent) => `parent ${parent}`),
    `author ${who}`,
    `committer ${who}`,
    '',
    message.replaceAll('\0', ''),
  ]
  const input = `${lines.join('\n')}\n`
  const written = await mirror.run(['hash-object', '-t', 'commit', '-w', '--stdin'], { input, signal })
  return written.toString('utf8').trim()
}

/** Before 2.38 the command knew three trees and nothing else. */
function isTooOld(error: GitFailure): boolean {
  return error.cause instanceof Error && /^usage: git merge-tree|unknown option/m.test(error.cause.message)
}

function tooOld(cause: GitFailure): GitFailure {
  const sentence =
    'git on this server is too old to merge a change into its target; install git 2.38 or later'
  return new GitFailure('missing-program', sentence, cause)
}
