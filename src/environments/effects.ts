import type { Resource } from '../engines/engine.ts'
import type { Parts } from '../parts.ts'

/** Reverse order of making: what runs first, what it hangs on after it. */
const order: Resource['kind'][] = ['container', 'network', 'volume', 'image']

/** Takes away everything of an environment up to a generation, and says how much it was. Safe twice. */
export async function destroyUpTo(parts: Parts, environmentId: string, generation: number): Promise<void> {
  const all = await parts.engine.list({
    'qaack.instance': parts.instance,
    'qaack.environment': environmentId,
  })
  await removeAll(
    parts,
    all.filter((resource) => generationOf(resource) <= generation),
  )
}

/** Removes resources in an order that works. The first failure is thrown after all were tried. */
export async function removeAll(parts: Parts, resources: Resource[]): Promise<void> {
  const failures: unknown[] = []
  for (const kind of order) {
    const ofKind = resources.filter((resource) => resource.kind === kind)
    const results = await Promise.allSettled(ofKind.map((resource) => parts.engine.remove(resource)))
    failures.push(
      ...results.flatMap((result) => (result.status === 'rejected' ? [result.reason as unknown] : [])),
    )
  }
  if (failures.length > 0) throw failures[0]
}

export function generationOf(resource: Resource): number {
  return Number(resource.labels['qaack.generation'] ?? 0)
}
