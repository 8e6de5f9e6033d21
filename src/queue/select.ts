import type { BuildRecord } from '../builds/build.ts'

/** How many builds of each stage may run at once in this installation. */
export interface Slots {
  create: number
  build: number
}

/**
 * Which waiting build is next, or undefined if none may start now. Fair over repositories: the one with the fewest
 * running builds goes first, then the one that waits longest.
 */
export function selectNext(builds: BuildRecord[], slots: Slots): BuildRecord | undefined {
  const running = builds.filter((build) => build.status === 'running')
  const free = (stage: BuildRecord['stage']) =>
    running.filter((build) => build.stage === stage).length < slots[stage]
  const waiting = builds.filter((build) => build.status === 'waiting' && free(build.stage))
  return inOrder(waiting, running)[0]
}

/** Position in the build queue by environment id, counting from 1; only of builds that wait for a build slot. */
export function queuePositions(builds: BuildRecord[]): Map<string, number> {
  const running = builds.filter((build) => build.status === 'running')
  const waiting = builds.filter((build) => build.status === 'waiting' && build.stage === 'build')
  return new Map(inOrder(waiting, running).map((build, index) => [build.environmentId, index + 1]))
}

/** Running builds whose worker was not heard of in time. */
export function lapsed(builds: BuildRecord[], now: number): BuildRecord[] {
  return builds.filter(
    (build) => build.status === 'running' && (build.lease === null || build.lease.until < now),
  )
}

/** The order in which they would get slots: each pick counts as running for the next one. */
function inOrder(waiting: BuildRecord[], running: BuildRecord[]): BuildRecord[] {
  const load = new Map<string, number>()
  for (const build of running) load.set(build.repositoryId, (load.get(build.repositoryId) ?? 0) + 1)
  const rest = [...waiting]
  const order: BuildRecord[] = []
  while (rest.length > 0) {
    rest.sort(
      (a, b) =>
        loadOf(load, a) - loadOf(load, b) || a.waitingSince - b.waitingSince || (a.id < b.id ? -1 : 1),
    )
    const [next] = rest.splice(0, 1)
    if (!next) break
    order.push(next)
    load.set(next.repositoryId, loadOf(load, next) + 1)
  }
  return order
}

function loadOf(load: Map<string, number>, build: BuildRecord): number {
  return load.get(build.repositoryId) ?? 0
}
