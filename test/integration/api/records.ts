import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { BuildRecord } from '../../../src/builds/build.ts'
import type { EnvironmentRecord } from '../../../src/environments/environment.ts'
import { emptyEnvironment } from '../../../src/environments/lifecycle.ts'
import { newId } from '../../../src/ids.ts'
import type { Parts } from '../../../src/parts.ts'
import { defaultSettings, type RepositoryRecord } from '../../../src/repositories/repository.ts'

/** A repository as if it had been added, without anything behind it. */
export async function insertRepository(
  parts: Parts,
  more: Partial<RepositoryRecord> = {},
): Promise<RepositoryRecord> {
  const group = { id: newId(), version: 1, name: newId(), createdAt: 0 }
  const record: RepositoryRecord = {
    id: newId(),
    version: 1,
    groupId: group.id,
    name: 'shop',
    type: 'generic',
    params: { origin: '/nowhere/at/all.git' },
    settings: defaultSettings,
    createdAt: 0,
    syncedAt: null,
    syncError: null,
    sshKey: null,
    rebuiltAt: null,
    ...more,
  }
  await parts.store.commit([
    { insert: 'group', record: group },
    { insert: 'repository', record },
  ])
  return record
}

/** An environment as if its ref had been seen. */
export async function insertEnvironment(
  parts: Parts,
  more: Partial<EnvironmentRecord> = {},
): Promise<EnvironmentRecord> {
  const { id } = await insertRepository(parts)
  const ref = { type: 'branch', name: 'main', hash: 'a'.repeat(40) } as const
  const record = { ...emptyEnvironment(id, ref, null, 0), version: 1, ...more }
  await parts.store.commit([{ insert: 'environment', record }])
  return record
}

export async function insertBuild(
  parts: Parts,
  environment: EnvironmentRecord,
  more: Partial<BuildRecord> = {},
): Promise<BuildRecord> {
  const record: BuildRecord = {
    id: newId(),
    version: 1,
    environmentId: environment.id,
    repositoryId: environment.repositoryId,
    number: 1,
    source: null,
    hash: environment.ref.hash,
    generation: 1,
    stage: 'build',
    status: 'running',
    wantsBuild: true,
    start: 'reuse',
    reusableId: null,
    outcome: null,
    reason: '',
    requestedAt: 0,
    waitingSince: 0,
    startedAt: 0,
    endedAt: null,
    lease: null,
    lapses: 0,
    steps: [],
    faults: [],
    ...more,
  }
  await parts.store.commit([{ insert: 'build', record }])
  return record
}

export async function endBuild(parts: Parts, id: string): Promise<void> {
  const build = await parts.store.get('build', id)
  if (!build) throw new Error(`no build ${id}`)
  await parts.store.commit([{ save: 'build', record: { ...build, status: 'ended', outcome: 'succeeded' } }])
}

/** A bare git repository with one commit on each branch, removed when disposed. */
export function bareRepository(branches: string[]): { path: string; [Symbol.dispose](): void } {
  const dir = mkdtempSync(join(tmpdir(), 'qaack-api-git-'))
  const work = join(dir, 'work')
  const path = join(dir, 'shop.git')
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...args], { stdio: 'pipe' })
  git('init', '-q', '-b', 'start', work)
  writeFileSync(join(work, 'file'), 'content')
  git('-C', work, 'add', '.')
  git('-C', work, 'commit', '-qm', 'first')
  for (const branch of branches) git('-C', work, 'branch', branch)
  git('-C', work, 'checkout', '-q', branches[0] ?? 'start')
  git('-C', work, 'branch', '-D', 'start')
  git('clone', '-q', '--bare', work, path)
  return { path, [Symbol.dispose]: () => rmSync(dir, { recursive: true, force: true }) }
}
