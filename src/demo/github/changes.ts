import { git, isAncestor, mergedTree, tryGit } from './bare.ts'
import type { Change } from './records.ts'
import type { Repository } from './repositories.ts'
import type { World } from './world.ts'

export function changeKey(repository: number, number: number): string {
  return `${repository}#${number}`
}

export function openChanges(world: World): Change[] {
  return [...world.changes.values()].filter(({ open }) => open)
}

/** Moves `refs/pull/N/head` of the base repository to a commit of the head repository. */
export async function fetchHead(
  base: Repository,
  head: Repository,
  number: number,
  commit: string,
): Promise<void> {
  const ref = `refs/pull/${number}/head`
  if (base.id !== head.id) await git(base.dir, ['fetch', '--quiet', '--no-tags', head.dir, commit])
  await git(base.dir, ['update-ref', ref, commit])
}

/** Counts again what the difference of both ends is. Both are in the base repository by now. */
export async function recount(base: Repository, change: Change): Promise<void> {
  const { dir } = base
  const range = `${change.base}..${change.head}`
  change.commits = Number(await git(dir, ['rev-list', '--count', range]))
  const { out } = await tryGit(dir, ['diff', '--numstat', `${change.base}...${change.head}`])
  const lines = out.toString('utf8').split('\n').filter(Boolean)
  const sum = (column: number) =>
    lines.reduce((total, line) => total + (Number(line.split('\t')[column]) || 0), 0)
  change.files = lines.length
  change.additions = sum(0)
  change.deletions = sum(1)
  change.mergeable = (await mergedTree(dir, change.base, change.head)) !== undefined
}

/** Whether the base branch has taken the head in: then GitHub calls the change merged. */
export async function isTakenIn(base: Repository, change: Change, tip: string): Promise<boolean> {
  return isAncestor(base.dir, change.head, tip)
}
