import { connect } from 'node:net'
import { StringDecoder } from 'node:string_decoder'
import type { Container, ContainerState } from '../engines/engine.ts'
import { placeOf } from '../engines/place.ts'
import { messageOf } from '../errors.ts'
import type { Parts } from '../parts.ts'
import { compilePattern } from '../qaackfile/pattern.ts'
import type { Ready, Service } from '../qaackfile/qaackfile.ts'
import { createTail } from './tail.ts'

/** Milliseconds one probe may take; a probe that hangs is a probe that failed. */
const probeTime = 5_000

/** Milliseconds in which the engine's proxy would have hung up. */
const publishedPause = 300

/** Characters of a service's output that are searched at once, and kept for the next piece. */
const logWindow = 256 * 1024
const logOverlap = 8 * 1024

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
        return await tryConnect({ ...placeOf(probed.state, ready.port), inside: ready.port }, deadline.signal)
      case 'http':
        return await tryHttp(
          ready,
          { ...placeOf(probed.state, ready.port), inside: ready.port },
          deadline.signal,
        )
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
  const output = createTail()
  const result = await container.exec({
    command: [service.shell, '-c', command],
    ...(service.user === null ? {} : { user: service.user }),
    ignoresMemory: true,
    onOutput: (chunk) => output.add(chunk),
    signal,
  })
  if (result.exitCode === 0) return undefined
  const said = output.text(1)
  return `${command} ended with exit code ${result.exitCode}${said === '' ? '' : ` (${said})`}`
}

async function tryLog(
  pattern: string,
  container: Container,
  signal: AbortSignal,
): Promise<string | undefined> {
  const found = compilePattern(pattern)
  const decoder = new StringDecoder('utf8')
  let text = ''
  for await (const chunk of container.logs({ follow: false, signal })) {
    text += decoder.write(chunk)
    if (text.length < logWindow) continue
    if (found(text)) return undefined
    // Some of it stays, for what stands across two pieces.
    text = text.slice(-logOverlap)
  }
  return found(text) ? undefined : `its output has nothing that matches ${pattern}`
}
