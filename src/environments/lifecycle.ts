import type { BuildRecord } from '../builds/build.ts'
import { QaackError } from '../errors.ts'
import { noteOf } from '../events/note.ts'
import { newId } from '../ids.ts'
import type { Parts } from '../parts.ts'
import { forgetEnvironment } from '../reusables/forget.ts'
import type { Ref, RepositoryRecord } from '../repositories/repository.ts'
import { Conflict, type Change } from '../stores/store.ts'
import { decideBuild, decideCancel, decideCreate, decideDelete } from './decide.ts'
import { decideCommit, decideRebuild } from './decide-commit.ts'
import type { Decision, Situation } from './decision.ts'
import { tidy } from './effects.ts'
import type { EnvironmentRecord } from './environment.ts'
import { ttlFor } from './expiry.ts'
import { nameClash } from './names.ts'
import { inRepository } from './turns.ts'

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
    if (decision.tidy) parts.background.run(`cleanup of ${id}`, () => tidy(parts, id))
    return { ...decision.environment, version: situation.environment.version + 1 }
  }
}

/**
 * `empty` -> created, and built if asked for. `ttl` in minutes, 0 = lives until deleted. QaackError `conflict` also if its
 * readable name belongs to another one.
 */
export async function createEnvironment(
  parts: Parts,
  id: string,
  wish: { build?: boolean; ttl?: number; unread?: string | undefined },
): Promise<EnvironmentRecord> {
  const repository = await repositoryOf(parts, id)
  const clash = await nameClash(parts, id)
  if (clash !== undefined) throw new QaackError('conflict', `environment ${id} cannot be created: ${clash}`)
  const ttl = ttlFor(wish.ttl, repository.settings.environmentTTL, parts.config.environment.ttl)
  return change(parts, id, (situation) =>
    decideCreate(situation, { build: wish.build ?? true, ttl, unread: wish.unread }),
  )
}

/** A build of the ref's commit, creating the environment where it is empty. */
export async function buildEnvironment(
  parts: Parts,
  id: string,
  wish: { clean?: boolean; unread?: string | undefined } = {},
): Promise<EnvironmentRecord> {
  const repository = await repositoryOf(parts, id)
  const ttl = ttlFor(undefined, repository.settings.environmentTTL, parts.config.environment.ttl)
  return change(parts, id, (situation) => decideBuild(situation, { ttl, ...wish }))
}

/** The ref's commit anew from whatever state, what runs for it cut short; creates the environment where it is empty. */
export async function rebuildEnvironment(
  parts: Parts,
  id: string,
  why: string,
  wish: { clean?: boolean } = {},
): Promise<EnvironmentRecord> {
  const repository = await repositoryOf(parts, id)
  const ttl = ttlFor(undefined, repository.settings.environmentTTL, parts.config.environment.ttl)
  return change(parts, id, (situation) => decideRebuild(situation, { why, ttl, ...wish }))
}

export function cancelEnvironment(parts: Parts, id: string): Promise<EnvironmentRecord> {
  return change(parts, id, decideCancel)
}

export function moveEnvironment(parts: Parts, id: string, hash: string): Promise<EnvironmentRecord> {
  return change(parts, id, (situation) => decideCommit(situation, hash))
}

/** Back to `empty`; one that is not the last of its ref goes altogether, as documented, and leaves its name to another. */
export async function deleteEnvironment(parts: Parts, id: string, why: string): Promise<void> {
  const { repositoryId } = await change(parts, id, (situation) => decideDelete(situation, why))
  forgetBeside(parts, id)
  await inRepository(parts, repositoryId, async () => {
    const environment = await parts.store.get('environment', id)
    if (environment?.state !== 'empty') return
    const { type: refType, name: refName } = environment.ref
    const same = await parts.store.list('environment', { repositoryId, refType, refName })
    const heir = same.find((other) => other.id !== id)
    if (heir) await dropEnvironment(parts, id, why, heir.id)
  })
}

/** The record goes too, with whatever runs: the ref or the repository is gone, or it was one of several. */
export async function dropEnvironment(parts: Parts, id: string, why: string, heir?: string): Promise<void> {
  for (;;) {
    const environment = await change(parts, id, (situation) => decideDelete(situation, why))
    const inherits =
      environment.name === null || heir === undefined ? undefined : await parts.store.get('environment', heir)
    const about = { repositoryId: environment.repositoryId, environmentId: id }
    const message = `${environment.ref.type} ${environment.ref.name}: environment removed: ${why}`
    try {
      await parts.store.commit([
        { remove: 'environment', id, version: environment.version },
        ...(inherits
          ? [{ save: 'environment', record: { ...inherits, name: environment.name } } as const]
          : []),
        noteOf(parts, 'environment', message, about),
      ])
      return forgetBeside(parts, id)
    } catch (error) {
      if (!(error instanceof Conflict)) throw error
      if (!(await parts.store.get('environment', id))) return
    }
  }
}

/** What was saved for it alone. */
function forgetBeside(parts: Parts, id: string): void {
  parts.background.run(`removal of saved images of ${id}`, () => forgetEnvironment(parts, id))
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
    standing: null,
    reusable: { used: null, saved: [], why: '' },
    aliases: {},
    services: [],
    subnet: null,
    networkGeneration: null,
    knownAt: now,
    next: null,
    superseded: 0,
    builds: 0,
    createdFrom: null,
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
  const [build, repository] = await Promise.all([
    openBuild(parts, id),
    parts.store.get('repository', environment.repositoryId),
  ])
  const mode = repository?.settings.rebuild ?? 'beside'
  return { environment, build, now: parts.clock.now(), newId: newId(), mode }
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
