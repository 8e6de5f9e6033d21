import type { ServiceRecord } from '../environments/environment.ts'
import type { Container, ContainerState } from '../engines/engine.ts'
import { BuildFailure } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import type { Gate } from '../reusables/gate.ts'
import type { Output } from './output.ts'
import { probe } from './probe.ts'
import { createTail } from './tail.ts'

/**
 * Waits until a service answers as its `ready` says; without one, until it runs. Ends as a BuildFailure that says what
 * was waited for and what the service said last, when its time is over or its main process ends.
 */
export async function waitUntilReady(
  parts: Parts,
  service: Service,
  record: ServiceRecord,
  output: Output,
  signal: AbortSignal,
  /** Lets nothing through while the services are saved; that time does not count. */
  gate?: Pick<Gate, 'pass'>,
): Promise<void> {
  const container = parts.engine.container(record.containerId ?? '')
  let began = parts.clock.now()
  await running(service, container)
  if (service.ready === null) return
  const { timeout, interval } = service.ready
  for (let tries = 0; ; tries += 1) {
    signal.throwIfAborted()
    const state = await running(service, container)
    const { ready } = service
    const asked = parts.clock.now()
    const look = async () => {
      began += parts.clock.now() - asked
      return probe(parts, ready, { service, container, state, signal })
    }
    const complaint = gate ? await gate.pass(look, signal) : await look()
    if (complaint === undefined) {
      output.heading(`${service.name}: ready after ${((parts.clock.now() - began) / 1000).toFixed(1)} s`)
      return
    }
    if (parts.clock.now() - began >= timeout * 1000) {
      const words = await lastWords(container)
      throw new BuildFailure(
        `service ${service.name} was not ready within ${timeout} s: ${complaint}${words}`,
      )
    }
    await parts.clock.sleep(pauseBefore(tries, interval), signal)
  }
}

/** Milliseconds of the shortest and the longest pause as long as tries are few, and how many that are: five seconds of them. */
const shortestPause = 25
const shortPause = 200
const fewTries = 30

/**
 * Milliseconds before the next try: short at first, since most services are there in a blink and all others of the environment
 * may wait for this one; by a third longer each time, so that no more time is lost than has gone by; then `interval` seconds.
 */
export function pauseBefore(tries: number, interval: number): number {
  const short = Math.min(shortPause, Math.round(shortestPause * 1.3 ** tries))
  return Math.min(interval * 1000, tries < fewTries ? short : Infinity)
}

/** The state of a container that has to run; what ended it is the failure. */
export async function running(service: Service, container: Container): Promise<ContainerState> {
  const state = await container.inspect()
  if (!state)
    throw new BuildFailure(`service ${service.name} is gone: its container was removed from outside`)
  if (state.outOfMemory)
    throw new BuildFailure(outOfMemory(`service ${service.name}`, service) + (await lastWords(container)))
  if (state.running) return state
  throw new BuildFailure(
    `service ${service.name} does not run: its main process ended with exit code ${state.exitCode}; ` +
      `give the service a start command, or an image whose own command keeps running${await lastWords(container)}`,
  )
}

export function outOfMemory(what: string, service: Service): string {
  const limit = service.resources.memoryBytes
  const of =
    limit === null ? 'its memory limit' : `its memory limit of ${Math.round(limit / 1024 / 1024)} MiB`
  return `${what} ran out of memory: it reached ${of}; raise resources.memory of the service, or make it use less`
}

/** What a service said last, on lines of its own; empty if it said nothing. */
export async function lastWords(container: Container): Promise<string> {
  const tail = createTail()
  for await (const chunk of container.logs({ follow: false, tail: 20 })) tail.add(chunk)
  const text = tail.text(20)
  return text === '' ? '' : `\n${text}`
}
