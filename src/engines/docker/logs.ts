import type { Readable } from 'node:stream'
import type { Container } from '../engine.ts'
import type { Connection } from './connection.ts'
import { frames } from './frames.ts'

/** Output of the main process; with `follow` until it ends. Ends with the signal's reason. */
export async function* logs(
  connection: Connection,
  id: string,
  options: Parameters<Container['logs']>[0],
): AsyncGenerator<Buffer> {
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  try {
    const output = await connection.stream(
      'read the output of a container',
      (docker, abortSignal) => {
        const query = {
          stdout: true,
          stderr: true,
          tail: options.tail ?? 'all',
          follow: options.follow,
          abortSignal,
        }
        // As a stream also without `follow`: the library would hold all of it in memory.
        return read(docker, id, query)
      },
      signal,
    )
    yield* frames(output)
  } catch (error) {
    options.signal?.throwIfAborted()
    throw error
  } finally {
    stop.abort()
  }
}

function read(
  docker: { modem: unknown },
  id: string,
  query: { abortSignal: AbortSignal; follow: boolean; tail: number | string },
): Promise<Readable> {
  const modem = docker.modem as {
    dial(call: object, done: (error: Error | null, stream: Readable) => void): void
  }
  const call = {
    path: `/containers/${id}/logs?`,
    method: 'GET',
    isStream: true,
    statusCodes: { 200: true, 404: 'no such container', 500: 'server error' },
    abortSignal: query.abortSignal,
    options: query,
  }
  return new Promise((resolve, reject) =>
    modem.dial(call, (error, stream) => (error ? reject(error) : resolve(stream))),
  )
}
