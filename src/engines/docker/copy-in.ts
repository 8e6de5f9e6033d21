import { PassThrough, Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type { PutFiles } from '../../workloads/workload.ts'
import type { CopyOptions } from '../engine.ts'
import type { Connection } from './connection.ts'
import { unpackInside } from './copy-in-tar.ts'
import { missingDirectories } from './directories.ts'
import { entriesOf, foldersOf, nothing } from './files.ts'
import { withoutRoot } from './tar-root.ts'

/** Unpacks a tar stream below `path`, which is made, for root, if it is not there. Neither is touched otherwise. Files go first. */
export async function copyIn(
  connection: Connection,
  id: string,
  path: string,
  tar: Readable,
  { files = nothing, signal }: CopyOptions = {},
): Promise<void> {
  const archive = new Archive(tar, signal)
  try {
    // An archive has nothing outside of the folder that it is unpacked in.
    const along = path === '/' ? files : nothing
    if (along !== files) await putFiles(connection, id, files, signal)
    archive.head = await entriesOf([], along.files)
    const folders = foldersOf(along)
    if (await archive.unpackInside(connection, id, path, folders)) return
    await putFiles(connection, id, { directories: [path, ...folders], files: [] }, signal)
    await archive.put(connection, id, path)
  } catch (error) {
    throw await archive.fail(error)
  }
}

/** Puts files, and those of the directories and of the files' folders that the container does not have. It need not run. */
export async function putFiles(
  connection: Connection,
  id: string,
  wanted: PutFiles,
  signal?: AbortSignal,
): Promise<void> {
  const missing = await missingFor(connection, id, wanted)
  if (missing.length === 0 && wanted.files.length === 0) return
  const archive = new Archive(Readable.from([], { objectMode: false }), signal)
  try {
    archive.head = await entriesOf(missing, wanted.files)
    await archive.put(connection, id, '/')
  } catch (error) {
    throw await archive.fail(error)
  }
}

async function missingFor(connection: Connection, id: string, wanted: PutFiles): Promise<string[]> {
  const inmost = innermost(foldersOf(wanted))
  const missing = await Promise.all(inmost.map((path) => missingDirectories(connection, id, path)))
  return [...new Set(missing.flat())]
}

/** What is on the way to another is looked at with that. */
function innermost(folders: string[]): string[] {
  return folders.filter((folder) => !folders.some((other) => other.startsWith(`${folder}/`)))
}

/**
 * A tar stream on its way to the engine, as fast as that takes it. It is read from when the engine is at work: whoever
 * makes the stream as it is read does so beside that then, and not before it. If one side fails the other ends too, which the
 * library does not see to; the first failure is the one that is told.
 */
class Archive {
  /** Entries that go before those of the stream. */
  head: Buffer = Buffer.alloc(0)
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
  async unpackInside(connection: Connection, id: string, path: string, folders: string[]): Promise<boolean> {
    const places = { path, folders }
    const unpacked = await unpackInside(connection, id, places, () => this.#flow(), this.#signal)
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
    this.#sent ??= pipeline(this.#tar, withoutRoot(this.head), this.#body, { signal: this.#signal })
    this.#sent.catch((error: unknown) => this.#stop.abort(error))
    return this.#body
  }
}
