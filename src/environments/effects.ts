import type { Resource } from '../engines/engine.ts'
import type { Parts } from '../parts.ts'
import type { EnvironmentRecord } from './environment.ts'
import { drainLeft, owns } from './owns.ts'

/** Reverse order of making: what runs first, what it hangs on after it. */
const order: Resource['kind'][] = ['container', 'network', 'volume', 'image']

/**
 * Takes away what an environment does not own any more, once no request can be under way in it. Safe twice; a server that ends
 * meanwhile leaves it to reconcile.
 */
export async function tidy(parts: Parts, environmentId: string): Promise<void> {
  for (;;) {
    const left = await removeUnowned(parts, environmentId)
    if (left === 0) return
    await parts.clock.sleep(left, parts.ending)
    if (parts.ending.aborted) return
  }
}

/** The same at once; milliseconds until more may go, 0 where nothing is left. */
export async function removeUnowned(parts: Parts, environmentId: string): Promise<number> {
  // The engine first: everything on it was written down before it was made, so what is unknown now is nobody's.
  const resources = await parts.engine.list({
    'qaack.instance': parts.instance,
    'qaack.environment': environmentId,
  })
  const environment = await parts.store.get('environment', environmentId)
  const unowned = resources.filter((resource) => !environment || !owns(environment, resource))
  const now = parts.clock.now()
  const waits = unowned.map((resource) => (environment ? drainLeft(environment, resource, now) : 0))
  await removeAll(
    parts,
    unowned.filter((_, index) => waits[index] === 0),
  )
  const early = waits.filter((left) => left > 0)
  return early.length === 0 ? 0 : Math.min(...early)
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

/** Whether something on the engine is an environment's at all; saved images have owners of their own. */
export function isOfEnvironment({ labels }: Resource): boolean {
  return (labels['qaack.environment'] ?? '') !== ''
}

/** Whether it has to go, now. */
export function isForsaken(resource: Resource, owner: EnvironmentRecord | undefined, now: number): boolean {
  if (!isOfEnvironment(resource)) return false
  return !owner || (!owns(owner, resource) && drainLeft(owner, resource, now) === 0)
}
