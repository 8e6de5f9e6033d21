import type { SavedImage, SaveSpec } from '../engine.ts'
import type { Connection } from './connection.ts'
import { layersOf } from './layers.ts'

/** Writing what is large lasts. */
const patience = 600_000

export async function save(connection: Connection, id: string, spec: SaveSpec): Promise<SavedImage> {
  const [repo, tag = 'latest'] = spec.name.split(/:(?=[^/]*$)/)
  const made = await connection.call(
    'save a container',
    (docker, abortSignal) =>
      docker
        .getContainer(id)
        .commit({ repo, tag, pause: false, Labels: { ...spec.labels }, abortSignal }) as Promise<{
        Id: string
      }>,
    { patience },
  )
  return { id: made.Id, layers: await layersOf(connection, made.Id) }
}
