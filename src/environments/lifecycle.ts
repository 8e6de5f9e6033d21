import type { BuildRecord } from '../builds/build.ts'
import { QaackError } from '../errors.ts'
import { newId } from '../ids.ts'
import type { Parts } from '../parts.ts'
import type { Ref, RepositoryRecord } from '../repositories/repository.ts'
import { Conflict, type Change } from '../stores/store.ts'
import {
  decideBuild,
  decideCancel,
  decideCreate,
  decideDelete,
  type Decision,
  type Situation,
} from './decide.ts'
import { decideCommit } from './decide-commit.ts'
import { destroyUpTo } from './effects.ts'
import type { EnvironmentRecord } from './environment.ts'
import { ttlFor } from './expiry.ts'

/**
 * The one door to an environment: loads it with its open build, lets `decide` decide, saves if nothing changed in
 * between (else decides again), then acts on the engine. Returns the environment as it is afterwards; `undefined` as a
 * decision means that there is nothing to do.
 */
export async function change(
  parts: Parts,
  id: string,
  decide: (situation: Situation) => Decision | undefined,
): Promise<EnvironmentRecord> {
  for (;;) {
    const situation = await situationOf(parts, id)
    const decision = decide(situation)
    if (!decision) return situation.environment
    try {
      await parts.store.commit(changesOf(parts, decision))
    } catch (error) {
      if (error instanceof Conflict) continue
      throw error
    }
    const generation = decision.destroy
    if (generation !== undefined)
      parts.background.run(`cleanup of ${id}`, () => destroyUpTo(parts, id, generation))
    return { ...decision.environment, version: situation.environment.version + 1 }
  }
}

/** `empty` -> created, and built if asked for. `ttl` in minutes, 0 = lives until deleted. */
export async function createEnvironment(
  parts: Parts,
  id: string,
  wish: { build?: boolean; ttl?: number },
): Promise<EnvironmentRecord> {
  const repository = await repositoryOf(parts, id)
  const ttl = ttlFor(wish.ttl, repository.settings.environmentTTL, parts.config.environment.ttl)
  return change(parts, id, (situation) => decideCreate(situation, { build: wish.build ?? true, ttl }))
}

/** A build of the ref's commit, creating the environment where it is empty. */
export async function buildEnvironment(parts: Parts, id: string): Promise<EnvironmentRecord> {
  const repository = await repositoryOf(parts, id)
  const ttl = ttlFor(undefined, repository.settings.environmentTTL, parts.config.environment.ttl)
  return change(parts, id, (situation) => decideBuild(situation, { ttl }))
}

export function cancelEnvironment(parts: Parts, id: string): Promise<EnvironmentRecord> {
  return change(parts, id, decideCancel)
}

export function moveEnvironment(parts: Parts, id: string, hash: string): Promise<EnvironmentRecord> {
  return change(parts, id, (situation) => decideCommit(situation, hash))
}

/** Back to `empty`; a clone that is not the last of its ref goes altogether, as documented. */
export async function deleteEnvironment(parts: Parts, id: string, why: string): Promise<void> {
  const { ref, repositoryId } = await change(parts, id, (situation) => decideDelete(situation, why))
  const same = await parts.store.list('environment', { repositoryId, refType: ref.type, refName: ref.name })
  if (same.length > 1) await dropEnvironment(parts, id, why)
}

/** The record goes too, with whatever runs: the ref, the repository or the last use of a clone is gone. */
export async function dropEnvironment(parts: Parts, id: string, why: string): Promise<void> {
  const environment = await change(parts, id, (situation) => decideDelete(situation, why))
  const event = {
    at: parts.clock.now(),
    kind: 'environment' as const,
    repositoryId: environment.repositoryId,
    environmentId: id,
    buildId: null,
    message: `${environment.ref.type} ${environment.ref.name}: environment removed: ${why}`,
  }
  try {
    await parts.store.commit([{ remove: 'environment', id, version: environment.version }, { event }])
  } catch (error) {
    if (!(error instanceof Conflict)) throw error
    if (await parts.store.get('environment', id)) await dropEnvironment(parts, id, why)
  }
}

/** An environment of a ref that is not created yet. */
export function emptyEnvironment(
  repositoryId: string,
  ref: Ref,
  name: string | null,
  now: number,
): EnvironmentRecord {
  return {
    id: newId(),
    version: 0,
    repositoryId,
    ref,
    name,
    state: 'empty',
    reason: '',
    ttl: 0,
    createdAt: null,
    builtAt: null,
    buildDuration: null,
    expiresAt: null,
    generation: 0,
    serving: null,
    aliases: {},
    services: [],
    subnet: null,
    knownAt: now,
    next: null,
    superseded: 0,
  }
}

/** The build of an environment that has not ended, if there is one. */
export async function openBuild(parts: Parts, environmentId: string): Promise<BuildRecord | null> {
  const builds = await parts.store.list('build', { environmentId, status: ['waiting', 'running'] })
  return builds.at(-1) ?? null
}

async function situationOf(parts: Parts, id: string): Promise<Situation> {
  const environment = await parts.store.get('environment', id)
  if (!environment) throw new QaackError('not_found', `there is no environment ${id}`)
  const builds = await parts.store.list('build', { environmentId: id })
  const build = builds.findLast((candidate) => candidate.status !== 'ended') ?? null
  return {
    environment,
    build,
    lastNumber: builds.at(-1)?.number ?? 0,
    now: parts.clock.now(),
    newId: newId(),
  }
}

function changesOf(parts: Parts, decision: Decision): Change[] {
  const { environment, insert, save, event } = decision
  const whose = {
    repositoryId: environment.repositoryId,
    environmentId: environment.id,
    buildId: (insert ?? save)?.id ?? null,
  }
  return [
    { save: 'environment', record: environment },
    ...(save ? [{ save: 'build', record: save } as const] : []),
    ...(insert ? [{ insert: 'build', record: insert } as const] : []),
    ...(event ? [{ event: { ...event, ...whose, at: parts.clock.now() } }] : []),
  ]
}

async function repositoryOf(parts: Parts, environmentId: string): Promise<RepositoryRecord> {
  const environment = await parts.store.get('environment', environmentId)
  const repository = environment && (await parts.store.get('repository', environment.repositoryId))
  if (!repository) throw new QaackError('not_found', `there is no environment ${environmentId}`)
  return repository
}
