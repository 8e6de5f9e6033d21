import type { ImageInspectInfo } from 'dockerode'
import { QaackError } from '../../errors.ts'
import type { Workload } from '../../workloads/workload.ts'
import type { Labels } from '../labels.ts'
import type { Connection } from './connection.ts'
import { containerOptions } from './container-options.ts'
import { putFiles } from './copy-in.ts'
import { nothing } from './files.ts'
import { expectedDirectories } from './plain.ts'
import { commandIn } from './prepare.ts'
import { remove } from './remove.ts'

/** Creates the container, with its files unless they come later, or nothing. Returns the engine's id of it. */
export async function create(
  connection: Connection,
  workload: Workload,
  labels: Labels,
  engine: { image: ImageInspectInfo | undefined; hasInit: boolean; reach: 'address' | 'published' },
): Promise<string> {
  const { name, image } = workload
  if (!engine.image)
    throw new QaackError(
      'engine_failed',
      `could not create ${name}: the engine has no image ${image}; prepare it first`,
    )
  const options = containerOptions(workload, labels, { ...engine, image: commandIn(engine.image.Config) })
  const id = await connection.call(`create the container ${name}`, async (docker, abortSignal) => {
    const { name: query, ...body } = options
    // Otherwise the library writes all of it into the address of the call too, secrets included.
    const split = { _query: { name: query }, _body: body, abortSignal }
    return (await docker.createContainer(split)).id
  })
  try {
    const { files, directories } = workload.filesLater ? nothing : workload
    const expected = expectedDirectories(engine.image.Config.Labels)
    await putFiles(connection, id, { files, directories: [...directories, ...expected] })
  } catch (error) {
    await remove(connection, { kind: 'container', id, name, labels })
    throw error
  }
  return id
}
