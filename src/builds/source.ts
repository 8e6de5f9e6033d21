import { isApproved, isTrusted, type ChangeRecord } from '../changes/change.ts'
import { BuildFailure } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { fetchChange, fetchTarget } from '../repositories/fetch-change.ts'
import { mergeCommits } from '../repositories/merge.ts'
import type { Mirror } from '../repositories/mirror.ts'
import { mirrorOf } from '../repositories/mirrors.ts'
import type { Ref, RepositoryRecord } from '../repositories/repository.ts'
import type { BuildRecord, BuildSource } from './build.ts'
import { resetOf } from '../reusables/reset.ts'
import { plain } from './printable.ts'

/** Files of a conflict that are named in a sentence. */
const namedFiles = 10

/**
 * What exactly a build is made from, with all of it in the mirror. Decided once for each build, when it begins; a build in
 * services that another one created is made from what that one was. What speaks against it (a conflict, a target that is
 * gone, a fork's commit that nobody approved) is a BuildFailure.
 */
export async function sourceOf(
  parts: Parts,
  build: BuildRecord,
  { ref, repository }: { ref: Ref; repository: RepositoryRecord },
  signal: AbortSignal,
): Promise<BuildSource> {
  const known = build.source ?? (await sourceOfReset(parts, build)) ?? (await sourceOfServices(parts, build))
  const source = await codeOf(parts, build, { ref, repository, known }, signal)
  const file = known ? known.file : fileOf(repository)
  return { ...source, ...(file ? { file } : {}) }
}

/** The text is left out where only the file of the code counts. */
function fileOf({ settings }: RepositoryRecord): NonNullable<BuildSource['file']> {
  const { mode, qaackFile } = settings.qaackFile
  return { mode, qaackFile: mode === 'repo' ? '' : qaackFile }
}

async function codeOf(
  parts: Parts,
  build: BuildRecord,
  { ref, repository, known }: { ref: Ref; repository: RepositoryRecord; known: BuildSource | null },
  signal: AbortSignal,
): Promise<BuildSource> {
  if (ref.type !== 'change') return ofRef(parts, build.hash, repository, signal)
  const change = await changeOf(parts, build, ref, repository)
  await fetchChange(parts, repository, change, signal)
  if (!known) return ofChange(parts, change, repository, signal)
  await makeAgain(mirrorOf(parts, repository), known, change, signal)
  return known
}

/** Of the build that is returned to. */
async function sourceOfReset(parts: Parts, build: BuildRecord): Promise<BuildSource | null> {
  if (build.start !== 'reset') return null
  const found = await resetOf(parts, build.environmentId, build.hash)
  return found?.build.source ?? null
}

/** Of the build that created the services which this one is to be made in. */
async function sourceOfServices(parts: Parts, build: BuildRecord): Promise<BuildSource | null> {
  if (build.stage === 'create') return null
  const builds = await parts.store.list('build', { environmentId: build.environmentId })
  const creator = builds.find(
    ({ generation, hash, source }) =>
      source !== null && generation === build.generation && hash === build.hash,
  )
  return creator?.source ?? null
}

async function ofRef(
  parts: Parts,
  hash: string,
  repository: RepositoryRecord,
  signal: AbortSignal,
): Promise<BuildSource> {
  const mirror = mirrorOf(parts, repository)
  if (!(await mirror.hasCommit(hash))) await mirror.fetch(signal)
  return { commit: hash, target: null, qaackfile: hash, trusted: true }
}

/** The change at the build's commit, which may not be its newest any more. */
async function changeOf(
  parts: Parts,
  build: BuildRecord,
  { name }: Ref,
  repository: RepositoryRecord,
): Promise<ChangeRecord> {
  const [record] = await parts.store.list('change', { repositoryId: repository.id, name })
  if (!record)
    throw new BuildFailure(
      `change ${name} is not known any more, so nobody can say what is to be built; ` +
        'delete this environment, or wait until the git host tells of the change again',
    )
  const change = { ...record, hash: build.hash }
  // Decided before, too. Here it is looked at for every build, however it was asked for.
  if (!isApproved(change))
    throw new BuildFailure(
      `change ${name} comes from a fork, and nobody who may write here has approved its commit ${build.hash.slice(0, 7)}; ` +
        `look at the code, then comment "/qaack approve ${build.hash}" on the change`,
    )
  return change
}

async function ofChange(
  parts: Parts,
  change: ChangeRecord,
  repository: RepositoryRecord,
  signal: AbortSignal,
): Promise<BuildSource> {
  const { build, forkQaackFile } = repository.settings.change
  const trusted = isTrusted(change)
  const fromBase = !trusted && forkQaackFile === 'base'
  const facts = {
    Number: change.name,
    Title: change.title,
    Author: change.author,
    Source: change.source,
    Target: change.target,
    Fork: change.fork,
  }
  if (build === 'head' && !fromBase)
    return { commit: change.hash, target: null, qaackfile: change.hash, trusted, change: facts }
  const hash = await targetOf(parts, change, repository, signal)
  const target = { name: change.target, hash }
  const commit =
    build === 'head' ? change.hash : await merged(mirrorOf(parts, repository), change, target, signal)
  return {
    commit,
    target: build === 'head' ? null : target,
    qaackfile: fromBase ? hash : commit,
    trusted,
    change: facts,
  }
}

async function targetOf(
  parts: Parts,
  { name, target }: ChangeRecord,
  repository: RepositoryRecord,
  signal: AbortSignal,
): Promise<string> {
  const hash = await fetchTarget(parts, repository, target, signal)
  if (hash !== undefined) return hash
  throw new BuildFailure(
    `the branch ${target} that change ${name} is offered to is not in the repository any more; ` +
      'offer the change to another branch, or close it',
  )
}

/** A mirror that was made anew has lost what was merged in it; the same two give the same commit again. */
async function makeAgain(
  mirror: Mirror,
  { commit, target, qaackfile }: BuildSource,
  change: ChangeRecord,
  signal: AbortSignal,
): Promise<void> {
  const has = async () => (await mirror.hasCommit(commit)) && (await mirror.hasCommit(qaackfile))
  if (await has()) return
  await mirror.fetch(signal)
  if (target && (await mirror.hasCommit(target.hash))) await merged(mirror, change, target, signal)
  if (!(await has()))
    throw new BuildFailure(
      `change ${change.name} was merged into a state of ${change.target} that is not there any more; rebuild it`,
    )
}

async function merged(
  mirror: Mirror,
  change: ChangeRecord,
  target: { name: string; hash: string },
  signal: AbortSignal,
): Promise<string> {
  const message = `Merge change ${change.name} into ${target.name}`
  const result = await mergeCommits(mirror, { target: target.hash, source: change.hash, message }, signal)
  if ('commit' in result) return result.commit
  throw new BuildFailure(conflictText(change, target.name, result.conflicts))
}

function conflictText({ source, fork }: ChangeRecord, target: string, files: string[]): string {
  const count = files.length === 1 ? '1 file' : `${files.length} files`
  const named = files.slice(0, namedFiles).map((file) => plain(file).replaceAll('\n', ' '))
  const more = files.length > namedFiles ? ` and ${files.length - namedFiles} more` : ''
  const where = files.length === 0 ? '' : ` in ${count}: ${named.join(', ')}${more}`
  const branch = fork ? `${source} of the fork` : source
  return `merge conflict with ${target}${where}; merge ${target} into ${branch}, resolve them and push`
}
