import { connect } from 'node:net'
import type { Container, ContainerState } from '../engines/engine.ts'
import { messageOf } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { compilePattern } from '../qaackfile/pattern.ts'
import type { Ready, Service } from '../qaackfile/qaackfile.ts'
import { tailOf } from './tail.ts'

/** Milliseconds one probe may take; a probe that hangs is a probe that failed. */
const probeTime = 5_000

/** Milliseconds in which the engine's proxy would have hung up. */
const publishedPause = 300

/** What a probe may look at. */
export interface Probed {
  service: Service
  container: Container
  state: ContainerState
  signal: AbortSignal
}

/** Why it is not ready yet; undefined if it is. */
export async function probe(parts: Parts, ready: Ready, probed: Probed): Promise<string | undefined> {
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
    return messageOf(error)
  } finally {
    deadline.clear()
  }
}

function placeOf(state: ContainerState, port: number): { host: string; port: number; inside: number } {
  const published = state.publishedPorts[port]
  return published === undefined
    ? { host: state.address, port, inside: port }
    : { host: '127.0.0.1', port: published, inside: port }
}

function tryConnect(
  place: { host: string; port: number; inside: number },
  signal: AbortSignal,
): Promise<string | undefined> {
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
  const response = await fetch(`http://${place.host}:${place.port}${ready.path}`, {
    signal,
    redirect: 'manual',
  }).catch(() => undefined)
  if (!response) return `nothing answers http on port ${place.inside}`
  await response.body?.cancel()
  const good = ready.status === null ? response.status < 400 : response.status === ready.status
  const wanted = ready.status === null ? 'below 400' : String(ready.status)
  return good ? undefined : `${ready.path} answered ${response.status}, wanted ${wanted}`
}

async function tryCommand(
  command: string,
  { service, container }: Probed,
  signal: AbortSignal,
): Promise<string | undefined> {
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

async function tryLog(
  pattern: string,
  container: Container,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = compilePattern(pattern)
  let text = ''
  for await (const chunk of container.logs({ follow: false, signal })) text += chunk.toString('utf8')
  return found(text) ? undefined : `its output has nothing that matches ${pattern}`
}
