import type { ReusableRecord } from '../builds/reusable.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import type { BuildRecord } from '../builds/build.ts'
import type { Resource } from '../engines/engine.ts'
import type { Parts } from '../parts.ts'

/** Whether it is a saved image of ours at all: nothing else carries this label. */
export function isSavedImage({ kind, labels }: Resource): boolean {
  return kind === 'image' && (labels['qaack.reusable'] ?? '') !== ''
}

/**
 * Whether a record knows a saved image: by what is in it or, as long as it is being saved, by its label. What carries that after
 * the end is what a save could not take away: it has the container's variables.
 */
export function isOwnedImage(
  { id, labels }: Resource,
  reusables: Pick<ReusableRecord, 'id' | 'services' | 'status'>[],
): boolean {
  return reusables.some(
    (one) =>
      (one.status === 'saving' && one.id === labels['qaack.reusable']) ||
      one.services.some(({ image }) => image === id),
  )
}

/** Ids of the reusables of these repositories that services were made from which are there, or are being made. */
export async function reusablesInUse(parts: Parts, repositories: ReadonlySet<string>): Promise<Set<string>> {
  const environments = await parts.store.list('environment')
  const used = await Promise.all(
    environments
      .filter(({ state, repositoryId }) => state !== 'empty' && repositories.has(repositoryId))
      .map(async (environment) => {
        const builds = await parts.store.list('build', { environmentId: environment.id })
        return inUse(environment, builds)
      }),
  )
  return new Set(used.flat())
}

function inUse(environment: EnvironmentRecord, builds: BuildRecord[]): string[] {
  const { generation, services, standing } = environment
  const living = new Set([
    generation,
    ...[...services, ...(standing?.services ?? [])].map((one) => one.generation),
  ])
  return builds.flatMap(({ generation: of, reusableId }) =>
    reusableId !== null && living.has(of) ? [reusableId] : [],
  )
}
