import type { BuildRecord } from '../builds/build.ts'
import type { EnvironmentRecord, ServiceRecord, Standing } from './environment.ts'

/** The services that requests, commands and people mean: those that answer or, while none do, the newest ones. */
export function answering({
  standing,
  services,
  aliases,
}: Pick<EnvironmentRecord, 'standing' | 'services' | 'aliases'>): Pick<
  EnvironmentRecord,
  'services' | 'aliases'
> {
  return standing ?? { services, aliases }
}

/** Whether requests are let through: to something that was built or, as documented, to services that run without code. */
export function answers({ serving, state }: Pick<EnvironmentRecord, 'serving' | 'state'>): boolean {
  return serving !== null || state === 'created' || state === 'built'
}

/** Of all builds of an environment, oldest first, the one that made what answers: newer ones may be under way or have failed. */
export function answeringBuild(
  { serving, generation }: Pick<EnvironmentRecord, 'serving' | 'generation'>,
  builds: BuildRecord[],
): BuildRecord | undefined {
  if (serving === null) return builds.findLast((one) => one.generation === generation)
  return builds.findLast(({ outcome, hash }) => outcome === 'succeeded' && hash === serving.hash)
}

/** What answers now, as it is kept while newer services are made beside it; null if nothing that was built does. */
export function standingOf(environment: EnvironmentRecord): Standing | null {
  const { serving, standing, services, aliases, subnet, networkGeneration, builtAt, createdFrom } =
    environment
  if (serving === null) return null
  return (
    standing ?? { hash: serving.hash, services, aliases, subnet, networkGeneration, builtAt, createdFrom }
  )
}

/**
 * What stood beside a generation that came to nothing is the environment's own again, and older than what was wanted. The
 * same where nothing stood.
 */
export function fallenBack(environment: EnvironmentRecord): EnvironmentRecord {
  const { standing } = environment
  if (standing === null) return environment
  const { hash, services, aliases, subnet, networkGeneration, builtAt } = standing
  const own = { services, aliases, subnet, networkGeneration, builtAt }
  return { ...environment, ...own, standing: null, serving: { hash, stale: true } }
}

/** The services that are to be running now, whoever stopped them. */
export function keptRunning(environment: EnvironmentRecord): ServiceRecord[] {
  const { state, standing, services, serving } = environment
  if (standing) return standing.services
  switch (state) {
    case 'built':
    case 'created':
      return services
    case 'failed':
    case 'cancelled':
      // Others stay as they are, for looking at.
      return serving ? services : services.filter(({ locked }) => locked)
    case 'empty':
    case 'creating':
    case 'queued':
    case 'building':
    case 'softrebuilding':
      return []
  }
}

/** Names of the locked services, for sentences. */
export function lockedNames({ services }: Pick<EnvironmentRecord, 'services'>): string {
  const names = services.filter(({ locked }) => locked).map(({ name }) => name)
  return names.join(', ')
}
