import { QaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { RefType } from '../repositories/repository.ts'
import type { EnvironmentRecord } from './environment.ts'
import { createEnvironment, emptyEnvironment } from './lifecycle.ts'

/** One more environment of a ref, created at once: independent of the others, without a readable name of its own. */
export async function addEnvironment(
  parts: Parts,
  repositoryId: string,
  ref: { type: RefType; name: string },
  wish: { ttl?: number; build?: boolean },
): Promise<EnvironmentRecord> {
  const [known] = await parts.store.list('environment', {
    repositoryId,
    refType: ref.type,
    refName: ref.name,
  })
  if (!known) {
    throw new QaackError(
      'not_found',
      `the repository has no ${ref.type} ${ref.name}; sync it if it was pushed just now`,
      { path: 'ref' },
    )
  }
  const clone = emptyEnvironment(repositoryId, known.ref, null, parts.clock.now())
  const event = {
    at: clone.knownAt,
    kind: 'environment' as const,
    repositoryId,
    environmentId: clone.id,
    buildId: null,
    message: `one more environment of ${ref.type} ${ref.name}`,
  }
  await parts.store.commit([{ insert: 'environment', record: clone }, { event }])
  return createEnvironment(parts, clone.id, wish)
}

export async function cloneEnvironment(parts: Parts, id: string): Promise<EnvironmentRecord> {
  const original = await parts.store.get('environment', id)
  if (!original) throw new QaackError('not_found', `there is no environment ${id}`)
  return addEnvironment(parts, original.repositoryId, original.ref, {})
}
