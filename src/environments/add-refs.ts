import { note } from '../events/note.ts'
import { readableName } from '../ids.ts'
import type { Parts } from '../parts.ts'
import type { Ref, RepositoryRecord } from '../repositories/repository.ts'
import { Conflict, type Change } from '../stores/store.ts'
import type { EnvironmentRecord } from './environment.ts'
import { emptyEnvironment } from './lifecycle.ts'

/** New environments in one write: enough to be quick, few enough not to keep others waiting. */
const batch = 200

/** Makes refs known, each as an empty environment. Only for those that have none yet: see inRepository. */
export async function addRefs(parts: Parts, repository: RepositoryRecord, refs: Ref[]): Promise<void> {
  for (let start = 0; start < refs.length; start += batch) {
    const some = refs.slice(start, start + batch)
    const inserts = some.map((ref) => insertOf(parts, repository, ref, readableName(ref, repository.name)))
    // A name that somebody owns refuses the whole batch: then one by one, so that only that one goes without.
    await parts.store.commit(inserts).catch(async (error: unknown) => {
      if (!(error instanceof Conflict)) throw error
      for (const ref of some) await addRef(parts, repository, ref)
    })
  }
}

/** The same for one. `beside` is written with it or not at all: Conflict if that is what cannot be written. */
export async function addRef(
  parts: Parts,
  repository: RepositoryRecord,
  ref: Ref,
  beside: Change[] = [],
): Promise<EnvironmentRecord> {
  const name = readableName(ref, repository.name)
  const named = insertOf(parts, repository, ref, name)
  try {
    await parts.store.commit([...beside, named])
    return { ...named.record, version: 1 }
  } catch (error) {
    if (!(error instanceof Conflict) || error.kind !== 'environment') throw error
    const nameless = insertOf(parts, repository, ref, null)
    await parts.store.commit([...beside, nameless])
    const message = `${ref.type} ${ref.name} cannot be created as it is: its address ${name} belongs to another environment`
    await note(parts, 'ref', message, { repositoryId: repository.id, environmentId: nameless.record.id })
    return { ...nameless.record, version: 1 }
  }
}

function insertOf(parts: Parts, repository: RepositoryRecord, ref: Ref, name: string | null) {
  const record = emptyEnvironment(repository.id, ref, name, parts.clock.now())
  return { insert: 'environment', record } as const satisfies Change
}
