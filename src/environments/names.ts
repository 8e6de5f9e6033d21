import { readableName } from '../ids.ts'
import type { Parts } from '../parts.ts'
import { Conflict } from '../stores/store.ts'

/**
 * Why an environment cannot be created: the readable name that the first environment of its ref has belongs to another one. A
 * sentence, or undefined where there is nothing in the way; a name that has become free since is taken. Clones have none.
 */
export async function nameClash(parts: Parts, environmentId: string): Promise<string | undefined> {
  for (;;) {
    const environment = await parts.store.get('environment', environmentId)
    if (!environment || environment.name !== null) return undefined
    const { repositoryId, ref } = environment
    const repository = await parts.store.get('repository', repositoryId)
    const filter = { repositoryId, refType: ref.type, refName: ref.name }
    const [first] = await parts.store.list('environment', filter)
    if (!repository || first?.id !== environmentId) return undefined
    const name = readableName(ref, repository.name)
    const [owner] = await parts.store.list('environment', { name })
    if (owner) return sentence(parts, { repositoryId, type: ref.type, name }, owner)
    try {
      await parts.store.commit([{ save: 'environment', record: { ...environment, name } }])
      return undefined
    } catch (error) {
      // Something of it changed, or somebody else took the name: look again.
      if (!(error instanceof Conflict)) throw error
    }
  }
}

async function sentence(
  parts: Parts,
  wanted: { repositoryId: string; type: string; name: string },
  owner: { repositoryId: string; ref: { type: string; name: string } },
): Promise<string> {
  const whose = `its address ${wanted.name} belongs to ${owner.ref.type} ${owner.ref.name}`
  if (owner.repositoryId === wanted.repositoryId) {
    const remedy = wanted.type === 'change' ? `rename that ${owner.ref.type}` : 'rename one of the two'
    return `${whose} of this repository; ${remedy}, then build again`
  }
  const other = await parts.store.get('repository', owner.repositoryId)
  const group = other && (await parts.store.get('group', other.groupId))
  return `${whose} of repository ${other?.name ?? ''} in group ${group?.name ?? ''}; give this repository another name here (qaack repo rename), then build again`
}
