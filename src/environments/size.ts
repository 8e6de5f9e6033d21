import type { Engine } from '../engines/engine.ts'
import type { Parts } from '../parts.ts'
import type { EnvironmentRecord } from './environment.ts'

/** Milliseconds for which what was measured counts: the engine looks at every file, beside the builds. */
const lasts = 600_000
/** And after which it is forgotten, if nobody asked. */
const forgotten = 3_600_000

interface Measured {
  /** Of which containers. */
  key: string
  /** ms since 1970, when it was begun. */
  at: number
  /** Absent until the first measurement is done. */
  bytes?: number
  running?: Promise<void>
}

const known = new WeakMap<Engine, Map<string, Measured>>()

/**
 * Bytes that the services of an environment have written on the engine's disk, beside their images: what its deletion frees.
 * While it is built, of those that answer. Measured when it is asked for, at most every ten minutes; undefined where that takes
 * longer than `patience` milliseconds and was never done before, where the engine does not answer, and for a first build.
 */
export async function sizeOf(
  parts: Pick<Parts, 'engine' | 'clock' | 'background'>,
  environment: EnvironmentRecord,
  patience: number,
): Promise<number | undefined> {
  const containers = containersOf(environment)
  if (!containers || containers.length === 0) return containers && 0
  const measured = measure(parts, environment.id, containers)
  if (measured.running) {
    const enough = new AbortController()
    await Promise.race([measured.running, parts.clock.sleep(patience, enough.signal)])
    enough.abort()
  }
  return measured.bytes
}

/** The sum of all of them; undefined unless each is known. */
export async function sizeOfAll(
  parts: Pick<Parts, 'engine' | 'clock' | 'background'>,
  environments: EnvironmentRecord[],
  patience: number,
): Promise<number | undefined> {
  const sizes = await Promise.all(environments.map((one) => sizeOf(parts, one, patience)))
  return sizes.every((size) => size !== undefined) ? sizes.reduce((sum, size) => sum + size, 0) : undefined
}

/** Undefined while those of a first build are made: they are left alone. */
function containersOf({ state, standing, services }: EnvironmentRecord): string[] | undefined {
  const isBusy = ['creating', 'queued', 'building', 'softrebuilding'].includes(state)
  if (isBusy && !standing) return undefined
  const there = isBusy ? [] : services
  return [...there, ...(standing?.services ?? [])].flatMap(({ containerId }) => containerId ?? []).sort()
}

function measure(
  { engine, clock, background }: Pick<Parts, 'engine' | 'clock' | 'background'>,
  id: string,
  containers: string[],
): Measured {
  const all = known.get(engine) ?? new Map<string, Measured>()
  known.set(engine, all)
  const now = clock.now()
  const key = containers.join()
  const before = all.get(id)
  const isSame = before?.key === key
  if (isSame && (before.running || before.at > now - lasts)) return before
  forgetOld(all, now)
  const measured: Measured = { key, at: now, ...(isSame && 'bytes' in before ? { bytes: before.bytes } : {}) }
  // to its end: they stay in the order of their age
  all.delete(id)
  all.set(id, measured)
  // One after the other: the engine looks at every file.
  measured.running = background
    .inTurn('sizes of environments', async () => {
      let bytes = 0
      for (const container of containers) bytes += (await engine.container(container).size()) ?? 0
      measured.bytes = bytes
    })
    // An engine that does not answer is told of by others; it is asked again later.
    .catch(() => undefined)
    .finally(() => delete measured.running)
  return measured
}

/** Oldest first, so that only those are looked at that go. */
function forgetOld(all: Map<string, Measured>, now: number): void {
  for (const [one, { at, running }] of all) {
    if (running || at >= now - forgotten) return
    all.delete(one)
  }
}
