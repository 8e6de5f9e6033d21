import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { PassThrough } from 'node:stream'
import { pack } from 'tar-stream'
import type { Connection } from './connection.ts'
import { missingDirectories } from './directories.ts'
import { withoutRoot } from './tar-root.ts'

/** Unpacks a tar stream below `path`, which is made, for root, if it is not there. Neither is touched otherwise. */
export async function copyIn(
  connection: Connection,
  id: string,
  path: string,
  tar: Readable,
  signal?: AbortSignal,
): Promise<void> {
  try {
    signal?.throwIfAborted()
    const missing = await missingDirectories(connection, id, path)
    if (missing.length > 0) await putArchive(connection, id, '/', directories(missing), signal)
    await putArchive(connection, id, path, tar, signal)
  } finally {
    tar.destroy()
  }
}

/** Sends an archive to be unpacked in a directory that is there, as fast as the engine takes it. */
export async function putArchive(
  connection: Connection,
  id: string,
  path: string,
  tar: Readable,
  signal?: AbortSignal,
): Promise<void> {
  const stop = new AbortController()
  const all = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal
  const body = new PassThrough()
  const sent = pipeline(tar, withoutRoot(), body, { signal: all })
  // If either side fails the other has to end too: the library does not carry an error of the source over.
  sent.catch((error: unknown) => stop.abort(error))
  try {
    await connection.stream(
      `copy files to ${path}`,
      (docker, abortSignal) => docker.getContainer(id).putArchive(body, { path, abortSignal }),
      all,
    )
    await sent
  } catch (error) {
    stop.abort(error)
    await sent.catch(() => undefined)
    signal?.throwIfAborted()
    throw stop.signal.reason
  }
}

function directories(paths: string[]): Readable {
  const tar = pack()
  for (const path of paths) tar.entry({ name: path.slice(1), type: 'directory', mode: 0o755 })
  tar.finalize()
  return Readable.from(tar, { objectMode: false })
}
