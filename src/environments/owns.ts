import type { Labels } from '../engines/labels.ts'
import { standingOf } from './answering.ts'
import type { EnvironmentRecord, Standing } from './environment.ts'

/** What carries our labels on an engine. */
export interface Labelled {
  labels: Partial<Labels>
}

/** Milliseconds that what answered before gets after a switch, for requests that are under way. */
export const drainTime = 10_000

/**
 * Whether something on the engine belongs to the environment as it is written down:
 * - what is of a service, by the generation that its record names: locked ones are older than the rest;
 * - the networks that these are in;
 * - all of the newest generation, as long as it may still be made, or stays for looking at.
 */
export function owns(environment: EnvironmentRecord, { labels }: Labelled): boolean {
  const { state, standing, serving, generation } = environment
  if (state === 'empty') return false
  const of = Number(labels['qaack.generation'] ?? 0)
  if (of === generation && (standing !== null || serving === null)) return true
  const name = labels['qaack.service'] ?? ''
  return [environment, standing].some((one) => one !== null && isOf(one, of, name))
}

/** Milliseconds until what is not owned may be taken away: until then requests may be under way in what answered before. */
export function drainLeft(environment: EnvironmentRecord, now: number): number {
  const builtAt = standingOf(environment)?.builtAt ?? null
  return builtAt === null ? 0 : Math.max(0, builtAt + drainTime - now)
}

/**
 * Milliseconds until the first network that no environment owns any more may be taken away: then another can have its addresses.
 * Undefined if there is none such among what is on the engine.
 */
export function untilFreed(
  resources: readonly (Labelled & { kind: string })[],
  environments: ReadonlyMap<string, EnvironmentRecord>,
  now: number,
): number | undefined {
  const left = resources.flatMap((resource) => {
    const id = resource.labels['qaack.environment'] ?? ''
    if (resource.kind !== 'network' || id === '') return []
    const environment = environments.get(id)
    if (!environment) return [0]
    return owns(environment, resource) ? [] : [drainLeft(environment, now)]
  })
  return left.length === 0 ? undefined : Math.min(...left)
}

function isOf(
  { services, networkGeneration }: Pick<Standing, 'services' | 'networkGeneration'>,
  generation: number,
  service: string,
): boolean {
  if (service === '') return networkGeneration === generation
  return services.some((one) => one.name === service && one.generation === generation)
}
