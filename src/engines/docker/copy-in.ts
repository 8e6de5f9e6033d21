import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { pack } from 'tar-stream'
import type { Connection } from './connection.ts'
import { unpackInside } from './copy-in-tar.ts'
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
  const archive = new Archive(tar, signal)
  try {
    if (await archive.unpackInside(connection, id, path)) return
    const missing = await missingDirectories(connection, id, path)
    if (missing.length > 0) await putArchive(connection, id, '/', directories(missing), signal)
    await archive.put(connection, id, path)
  } catch (error) {
    throw await archive.fail(error)
  }
}

/** Sends an archive to be unpacked in a directory that is there. */
export async function putArchive(
  connection: Connection,
  id: string,
  path: string,
  tar: Readable,
  signal?: AbortSignal,
): Promise<void> {
  const archive = new Archive(tar, signal)
  try {
    await archive.put(connection, id, path)
  } catch (error) {
    throw await archive.fail(error)
  }
}

/**
 * A tar stream on its way to the engine, as fast as that takes it. It is read from when the engine is at work: whoever
 * makes the stream as it is read does so beside that then, and not before it. If one side fails the other ends too, which the
 * library does not see to; the first failure is the one that is told.
 */
class Archive {
  readonly #stop = new AbortController()
  readonly #body = new PassThrough()
  readonly #tar: Readable
  readonly #signal: AbortSignal
  #sent: Promise<void> | undefined

  constructor(tar: Readable, signal?: AbortSignal) {
    this.#signal = signal ? AbortSignal.any([signal, this.#stop.signal]) : this.#stop.signal
    this.#tar = tar
    // From the beginning: a source that breaks before anybody reads it would take the whole process with it.
    tar.on('error', (error) => this.#stop.abort(error))
  }

  /** False if the container cannot do it; it is all still there then. */
  async unpackInside(connection: Connection, id: string, path: string): Promise<boolean> {
    const unpacked = await unpackInside(connection, id, path, () => this.#flow(), this.#signal)
    // An archive may go on behind its end.
    if (unpacked) this.#body.resume()
    if (unpacked) await this.#sent
    return unpacked
  }

  async put(connection: Connection, id: string, path: string): Promise<void> {
    const send = (docker: Parameters<Parameters<Connection['stream']>[1]>[0], abortSignal: AbortSignal) =>
      docker.getContainer(id).putArchive(this.#flow(), { path, abortSignal })
    await connection.stream(`copy files to ${path}`, send, this.#signal)
    await this.#sent
  }

  /** Lets the source go, and tells what went wrong first. */
  async fail(error: unknown): Promise<unknown> {
    this.#stop.abort(error)
    this.#tar.destroy()
    await this.#sent?.catch(() => undefined)
    return this.#signal.reason
  }

  #flow(): Readable {
    this.#sent ??= pipeline(this.#tar, withoutRoot(), this.#body, { signal: this.#signal })
    this.#sent.catch((error: unknown) => this.#stop.abort(error))
    return this.#body
  }
}

function directories(paths: string[]): Readable {
  const tar = pack()
  for (const path of paths) tar.entry({ name: path.slice(1), type: 'directory', mode: 0o755 })
  tar.finalize()
  return Readable.from(tar, { objectMode: false })
}
