import { engineName, labelsFor } from '../engines/labels.ts'
import type { EnvironmentRecord } from '../environments/environment.ts'
import { removeAll } from '../environments/effects.ts'
import { change } from '../environments/lifecycle.ts'
import type { Engine, NetworkSpec } from '../engines/engine.ts'
import { freeSubnet, nextSubnet } from '../engines/subnets.ts'
import { isQaackError } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { drainTime, untilFreed } from '../environments/owns.ts'
import type { BuildRecord } from './build.ts'
import type { Output } from './output.ts'

export interface OpenNetwork {
  name: string
  subnet: string
}

/** Milliseconds that a network which is to be taken away is waited for when no other is free, and between two looks for it. */
const longestWait = drainTime + 20_000
const lookPause = 250

/**
 * Opens the network of a generation on a subnet of our own pool that is free, or is about to be; in a soft rebuild, the one that
 * is there. QaackError `engine_failed` when the pool is used up.
 */
export async function openNetwork(
  parts: Parts,
  build: BuildRecord,
  environment: EnvironmentRecord,
  { output, signal }: { output: Output; signal: AbortSignal },
): Promise<OpenNetwork> {
  const { state, subnet, networkGeneration } = environment
  if (state === 'softrebuilding' && subnet !== null && networkGeneration !== null) {
    const network = networkOf(parts, build.environmentId, networkGeneration, subnet)
    await parts.engine.openNetwork(network)
    return network
  }
  const until = parts.clock.now() + longestWait
  for (let tries = 0; ; tries += 1) {
    // Before the try: what is freed after this look is found by it. The first try needs none.
    const left = tries === 0 ? 0 : parts.clock.now() < until ? await freedIn(parts) : undefined
    // One at a time, so that two environments do not choose the same subnet.
    const opened = await parts.background.inTurn('subnets', () => choose(parts, build, left !== undefined))
    if (opened) return opened
    if (tries === 0) continue
    if (tries === 1)
      output.heading(
        `the network pool ${parts.config.network.pool} is used up; waits for the network of an older version, which is being taken away`,
      )
    await parts.clock.sleep(Math.max(left ?? 0, lookPause), signal)
    signal.throwIfAborted()
  }
}

/**
 * Gives the network of a generation back in which nothing was made: one that failed before its services would hold it for as long
 * as it is looked at. What it is in a soft rebuild is of an older generation, and stays. Does not throw.
 */
export async function closeNetwork(parts: Parts, build: BuildRecord): Promise<void> {
  const { environmentId, generation } = build
  try {
    const labels = {
      'qaack.instance': parts.instance,
      'qaack.environment': environmentId,
      'qaack.generation': String(generation),
    }
    const networks = await parts.engine.list(labels, ['network'])
    // The record first: another build may try these addresses before they are free, and then takes others.
    await change(parts, environmentId, (s) =>
      s.environment.generation === generation && s.environment.networkGeneration === generation
        ? { environment: { ...s.environment, subnet: null, networkGeneration: null } }
        : undefined,
    )
    await removeAll(parts, networks)
  } catch (error) {
    parts.logger.warn({ err: error, build: build.id }, 'the network of a build that failed stays for now')
  }
}

/** Milliseconds until what nobody needs any more gives its network back; undefined if there is none such. */
async function freedIn(parts: Parts): Promise<number | undefined> {
  // The engine first: whoever owns something on it wrote that down before.
  const resources = await parts.engine.list({ 'qaack.instance': parts.instance })
  const environments = await parts.store.list('environment')
  return untilFreed(resources, new Map(environments.map((one) => [one.id, one])), parts.clock.now())
}

/** Subnets that others had when they were tried last: where these are many, every build would try them all again. */
const refusedBy = new WeakMap<Engine, ReadonlySet<string>>()

/** Undefined when none is free, if that is to be waited for. */
async function choose(parts: Parts, build: BuildRecord, mayWait: boolean): Promise<OpenNetwork | undefined> {
  const environments = await parts.store.list('environment', {})
  // Those of this environment too: another generation of it may answer.
  const taken = environments
    .flatMap(({ subnet, standing }) => [subnet, standing?.subnet ?? null])
    .filter((subnet) => subnet !== null)
  const known = refusedBy.get(parts.engine) ?? new Set<string>()
  const refused: string[] = []
  for (;;) {
    const { pool } = parts.config.network
    // What others had earlier is tried last: it may be free by now.
    const found = freeSubnet(pool, taken, [...refused, ...known]) ?? freeSubnet(pool, taken, refused)
    const subnet = mayWait ? found : (found ?? nextSubnet(pool, taken, refused))
    if (subnet === undefined) return undefined
    const network = networkOf(parts, build.environmentId, build.generation, subnet)
    try {
      await parts.engine.openNetwork(network)
      await change(parts, build.environmentId, (s) =>
        s.environment.generation === build.generation
          ? { environment: { ...s.environment, subnet, networkGeneration: build.generation } }
          : undefined,
      )
      refusedBy.set(parts.engine, new Set([...known, ...refused].filter((one) => one !== subnet)))
      return network
    } catch (error) {
      // Somebody else on this machine uses it: a network of another installation, or of no engine at all.
      if (!isQaackError(error, 'conflict')) throw error
      refused.push(subnet)
    }
  }
}

function networkOf(parts: Parts, environment: string, generation: number, subnet: string): NetworkSpec {
  const labels = labelsFor({ instance: parts.instance, environment, generation })
  return { name: engineName(environment, generation), subnet, labels }
}
