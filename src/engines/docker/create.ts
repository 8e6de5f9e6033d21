import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { QaackError } from '../../errors.ts'
import type { Workload } from '../../workloads/workload.ts'
import type { ImageFacts } from '../engine.ts'
import type { Labels } from '../labels.ts'
import type { Connection } from './connection.ts'
import { containerOptions } from './container-options.ts'
import { putArchive } from './copy-in.ts'
import { missingDirectories } from './directories.ts'
import { remove } from './remove.ts'

/** Creates the container with its volumes and files, or nothing. Returns the engine's id of it. */
export async function create(
  connection: Connection,
  workload: Workload,
  labels: Labels,
  engine: { image: ImageFacts | undefined; hasInit: boolean; reach: 'address' | 'published' },
): Promise<string> {
  const { name, image } = workload
  if (!engine.image)
    throw new QaackError(
      'engine_failed',
      `could not create ${name}: the engine has no image ${image}; prepare it first`,
    )
  const options = containerOptions(workload, labels, { ...engine, image: engine.image })
  const id = await connection.call(`create the container ${name}`, async (docker, abortSignal) => {
    const { name: query, ...body } = options
    // Otherwise the library writes all of it into the address of the call too, secrets included.
    const split = { _query: { name: query }, _body: body, abortSignal }
    return (await docker.createContainer(split)).id
  })
  try {
    if (workload.files.length > 0) await putFiles(connection, id, workload.files)
  } catch (error) {
    await remove(connection, { kind: 'container', id, name, labels })
    throw error
  }
  return id
}

async function putFiles(connection: Connection, id: string, files: Workload['files']): Promise<void> {
  const folders = new Set<string>()
  for (const { path } of files) {
    for (const folder of await missingDirectories(connection, id, path.replace(/\/[^/]*$/, '') || '/'))
      folders.add(folder)
  }
  const tar = pack()
  for (const folder of folders) tar.entry({ name: folder.slice(1), type: 'directory', mode: 0o755 })
  for (const { path, content, mode } of files) tar.entry({ name: path.replace(/^\/+/, ''), mode }, content)
  tar.finalize()
  await putArchive(connection, id, '/', Readable.from(tar, { objectMode: false }))
}
