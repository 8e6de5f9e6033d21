import { connect } from 'node:net'
import type { ServiceRecord } from '../environments/environment.ts'
import type { Container, ContainerState } from '../engines/engine.ts'
import { BuildFailure } from '../errors.ts'
import type { Parts } from '../parts.ts'
import type { Ready, Service } from '../qaackfile/qaackfile.ts'
import { compilePattern } from '../qaackfile/pattern.ts'
import type { Output } from './output.ts'
import { tailOf } from './tail.ts'

/** Milliseconds one probe may take; a probe that hangs is a probe that failed. */
const probeTime = 5_000

/** Milliseconds in which the engine's proxy would have hung up. */
const publishedPause = 300

/**
 * Waits until a service answers as its `ready` says; without one, until it runs. Ends as a BuildFailure that says what
 * was waited for and what the service said last, when its time is over or its main process ends.
 */
export async function waitUntilReady(parts: Parts, service: Service, record: ServiceRecord, output: Output, signal: AbortSignal): Promise<void> {
  const container = parts.engine.container(record.containerId ?? '')
  const began = parts.clock.now()
  let complaint = 'it was not tried yet'
  const restarts = (await running(service, container)).restarts
  if (service.ready === null) return
  const { timeout, interval } = service.ready
  let tries = 0
  while (parts.clock.now() - began < timeout * 1000) {
    signal.throwIfAborted()
    const state = await running(service, container)
    if (state.restarts > restarts) complaint = 'its main process keeps ending'
    const failure = await probe(parts, service.ready, { service, container, state, signal })
    if (failure === undefined) {
      output.heading(`${service.name}: ready after ${((parts.clock.now() - began) / 1000).toFixed(1)} s`)
      return
    }
    complaint = failure
    await parts.clock.sleep(pauseBefore(tries, interval), signal)
    tries += 1
  }
  signal.throwIfAborted()
  throw new BuildFailure(
    `service ${service.name} was not ready within ${timeout} s: ${complaint}${await lastWords(container)}`,
  )
}

/** Milliseconds before the next try: short at first, since most services are there in a blink, then `interval` seconds. */
function pauseBefore(tries: number, interval: number): number {
  return Math.min(interval * 1000, 25 * 2 ** tries)
}

/** The state of a container that has to run; what ended it is the failure. */
export async function running(service: Service, container: Container): Promise<ContainerState> {
  const state = await container.inspect()
  if (!state) throw new BuildFailure(`service ${service.name} is gone: its container was removed from outside`)
  if (state.outOfMemory) throw new BuildFailure(outOfMemory(`service ${service.name}`, service) + (await lastWords(container)))
  if (state.running) return state
  throw new BuildFailure(
    `service ${service.name} does not run: its main process ended with exit code ${state.exitCode}; ` +
      `give the service a start command, or an image whose own command keeps running${await lastWords(container)}`,
  )
}

export function outOfMemory(what: string, service: Service): string {
  const limit = service.resources.memoryBytes
  const of = limit === null ? 'its memory limit' : `its memory limit of ${Math.round(limit / 1024 / 1024)} MiB`
  return `${what} ran out of memory: it reached ${of}; raise resources.memory of the service, or make it use less`
}

/** What a service said last, on lines of its own; empty if it said nothing. */
export async function lastWords(container: Container): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of container.logs({ follow: false, tail: 20 })) chunks.push(chunk)
  const text = tailOf(Buffer.concat(chunks).toString('utf8'), 20)
  return text === '' ? '' : `\n${text}`
}

interface Probed {
  service: Service
  container: Container
  state: ContainerState
  signal: AbortSignal
}

/** Why it is not ready yet; undefined if it is. */
async function probe(parts: Parts, ready: Ready, probed: Probed): Promise<string | undefined> {
  const deadline = parts.clock.deadline(probeTime, new Error('no answer within 5 s'), probed.signal)
  try {
    switch (ready.kind) {
      case 'tcp':
        return await tryConnect(placeOf(probed.state, ready.port), deadline.signal)
      case 'http':
        return await tryHttp(ready, placeOf(probed.state, ready.port), deadline.signal)
      case 'command':
        return await tryCommand(ready.command, probed, deadline.signal)
      case 'log':
        return await tryLog(ready.pattern, probed.container, deadline.signal)
    }
  } catch (error) {
    if (probed.signal.aborted) throw probed.signal.reason
    return error instanceof Error ? error.message : String(error)
  } finally {
    deadline.clear()
  }
}

function placeOf(state: ContainerState, port: number): { host: string; port: number; inside: number } {
  const published = state.publishedPorts[port]
  return published === undefined ? { host: state.address, port, inside: port } : { host: '127.0.0.1', port: published, inside: port }
}

function tryConnect(place: { host: string; port: number; inside: number }, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: place.host, port: place.port, signal })
    const end = (complaint?: string) => {
      socket.destroy()
      resolve(complaint)
    }
    const nobody = () => end(`nothing listens on port ${place.inside}`)
    socket.once('error', nobody)
    // A published port is accepted by the engine's own proxy, which hangs up when nobody is behind it.
    socket.once('close', nobody)
    socket.once('connect', () => {
      if (place.port === place.inside) return end()
      socket.resume()
      socket.setTimeout(publishedPause, end)
    })
  })
}

async function tryHttp(
  ready: { path: string; status: number | null },
  place: { host: string; port: number; inside: number },
  signal: AbortSignal,
): Promise<string | undefined> {
  const response = await fetch(`http://${place.host}:${place.port}${ready.path}`, { signal, redirect: 'manual' }).catch(
    () => undefined,
  )
  if (!response) return `nothing answers http on port ${place.inside}`
  await response.body?.cancel()
  const good = ready.status === null ? response.status < 400 : response.status === ready.status
  const wanted = ready.status === null ? 'below 400' : String(ready.status)
  return good ? undefined : `${ready.path} answered ${response.status}, wanted ${wanted}`
}

async function tryCommand(command: string, { service, container }: Probed, signal: AbortSignal): Promise<string | undefined> {
  const output: Buffer[] = []
  const result = await container.exec({
    command: [service.shell, '-c', command],
    ...(service.user === null ? {} : { user: service.user }),
    onOutput: (chunk) => output.push(chunk),
    signal,
  })
  if (result.exitCode === 0) return undefined
  const said = tailOf(Buffer.concat(output).toString('utf8'), 1)
  return `${command} ended with exit code ${result.exitCode}${said === '' ? '' : ` (${said})`}`
}

async function tryLog(pattern: string, container: Container, signal: AbortSignal): Promise<string | undefined> {
  const found = compilePattern(pattern)
  let text = ''
  for await (const chunk of container.logs({ follow: false, signal })) text += chunk.toString('utf8')
  return found(text) ? undefined : `its output has nothing that matches ${pattern}`
}
