import { QaackError } from '../errors.ts'
import { noteOf } from '../events/note.ts'
import type { Parts } from '../parts.ts'
import type { RefType } from '../repositories/repository.ts'
import type { EnvironmentRecord } from './environment.ts'
import { createEnvironment, emptyEnvironment } from './lifecycle.ts'
import { inRepository } from './turns.ts'

interface Wish {
  ttl?: number
  build?: boolean
  /** See BuildRecord. */
  unread?: string | undefined
}

/** One more environment of a ref, created at once: independent of the others, without a readable name of its own. */
export function addEnvironment(
  parts: Parts,
  repositoryId: string,
  ref: { type: RefType; name: string },
  wish: Wish,
): Promise<EnvironmentRecord> {
  return inRepository(parts, repositoryId, () => addNow(parts, repositoryId, ref, wish))
}

export async function cloneEnvironment(
  parts: Parts,
  id: string,
  wish: Pick<Wish, 'unread'> = {},
): Promise<EnvironmentRecord> {
  const original = await parts.store.get('environment', id)
  if (!original) throw new QaackError('not_found', `there is no environment ${id}`)
  return addEnvironment(parts, original.repositoryId, original.ref, wish)
}

async function addNow(
  parts: Parts,
  repositoryId: string,
  ref: { type: RefType; name: string },
  wish: Wish,
): Promise<EnvironmentRecord> {
  const [known] = await parts.store.list('environment', {
    repositoryId,
    refType: ref.type,
    refName: ref.name,
  })
  if (!known) {
    const hint = wish.unread === undefined ? 'push it first' : `it could not be asked again: ${wish.unread}`
    throw new QaackError('not_found', `the repository has no ${ref.type} ${ref.name}; ${hint}`, {
      path: 'ref',
    })
  }
  const clone = emptyEnvironment(repositoryId, known.ref, null, parts.clock.now())
  const about = { repositoryId, environmentId: clone.id }
  await parts.store.commit([
    { insert: 'environment', record: clone },
    noteOf(parts, 'environment', `one more environment of ${ref.type} ${ref.name}`, about),
  ])
  return createEnvironment(parts, clone.id, wish)
}
