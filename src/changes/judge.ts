import type { Parts } from '../parts.ts'
import { chooseFile } from '../qaackfile/locate.ts'
import { fetchChange, fetchTarget } from '../repositories/fetch-change.ts'
import { changedPaths } from '../repositories/merge.ts'
import type { Mirror } from '../repositories/mirror.ts'
import { mirrorOf } from '../repositories/mirrors.ts'
import type { RepositoryRecord, RepositorySettings } from '../repositories/repository.ts'
import { decideChange, type ChangeFacts } from '../triggers/decide.ts'
import { hasPathFilter } from '../triggers/path-filter.ts'
import type { ChangeRecord, Verdict } from './change.ts'

/** Gathers what the decision about a change needs, fetching its code, and decides. */
export async function judgeChange(
  parts: Parts,
  repository: RepositoryRecord,
  change: ChangeRecord,
): Promise<Verdict> {
  const { settings } = repository
  const unseen: ChangeFacts = { change, settings, paths: [], message: '', hasQaackfile: false }
  if (change.state !== 'open') return decideChange(unseen)
  await fetchChange(parts, repository, change, parts.ending)
  const mirror = mirrorOf(parts, repository)
  const message = await messageOf(mirror, change.hash)
  let asked: Promise<string | undefined> | undefined
  const tip = () => (asked ??= fetchTarget(parts, repository, change.target, parts.ending))
  const paths = hasPathFilter(settings.webhook) ? await pathsOf(mirror, await tip(), change) : []
  return decideChange({
    ...unseen,
    message,
    paths,
    hasQaackfile: await hasFile(mirror, change, settings.change, tip),
  })
}

/** The whole message of a commit. */
async function messageOf(mirror: Mirror, hash: string): Promise<string> {
  const format = ['--no-show-signature', '--encoding=UTF-8', '--format=%B']
  return (await mirror.run(['log', '-1', ...format, hash, '--'])).toString('utf8')
}

/** Where the branch that it is offered to is gone, all its files are new. */
function pathsOf(mirror: Mirror, tip: string | undefined, change: ChangeRecord): Promise<string[]> {
  return tip === undefined ? mirror.paths(change.hash, '') : changedPaths(mirror, tip, change.hash)
}

/** Whether the code that would be built has a Qaackfile in the place where it would be read. */
async function hasFile(
  mirror: Mirror,
  change: ChangeRecord,
  { build, forkQaackFile }: RepositorySettings['change'],
  tip: () => Promise<string | undefined>,
): Promise<boolean> {
  if (change.fork && forkQaackFile === 'base') return hasFileAt(mirror, await tip())
  if (await hasFileAt(mirror, change.hash)) return true
  if (build === 'head') return false
  // Merged, it has what its target got since they parted; not what the change itself took away.
  const target = await tip()
  if (target === undefined || !(await hasFileAt(mirror, target))) return false
  const gone = new Set(await changedPaths(mirror, target, change.hash))
  const kept = (await filesAt(mirror, target)).filter((path) => !gone.has(path))
  return isThere(kept)
}

async function hasFileAt(mirror: Mirror, hash: string | undefined): Promise<boolean> {
  return hash !== undefined && isThere(await filesAt(mirror, hash))
}

function filesAt(mirror: Mirror, hash: string): Promise<string[]> {
  return mirror.paths(hash, 'qaack', '.qaack')
}

/** Two of them are a fault that its build tells of, not none. */
function isThere(paths: string[]): boolean {
  const chosen = chooseFile(paths)
  return 'file' in chosen || !chosen.none
}
