import type { Labels } from '../engines/labels.ts'
import type { EnvironmentRecord, Leaving, Standing } from './environment.ts'

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

/** Milliseconds until something that is not owned may be taken away: until then requests may be under way in it. */
export function drainLeft(environment: EnvironmentRecord, { labels }: Labelled, now: number): number {
  if (environment.serving === null) return 0
  const of = Number(labels['qaack.generation'] ?? 0)
  const left = environment.leaving?.find(({ generation }) => generation === of)
  return left ? Math.max(0, left.since + drainTime - now) : 0
}

/**
 * What requests may be under way in after newer services have taken over: those before them, and whatever has not drained yet.
 * One rebuild after the other must not keep the oldest for ever.
 */
export function leavingAfter({ standing, leaving = [] }: EnvironmentRecord, now: number): Leaving[] {
  const still = leaving.filter(({ since }) => since + drainTime > now)
  if (standing === null) return still
  const { services, networkGeneration } = standing
  const gone = new Set([...services.map(({ generation }) => generation), networkGeneration ?? 0])
  return [...still, ...[...gone].map((generation) => ({ generation, since: now }))]
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
    return owns(environment, resource) ? [] : [drainLeft(environment, resource, now)]
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
