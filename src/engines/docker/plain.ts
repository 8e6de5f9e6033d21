import { isQaackError } from '../../errors.ts'
import type { Connection } from './connection.ts'
import { statusOf } from './errors.ts'
import { imageConfig, Origin } from './image-config.ts'
import { loadImage } from './load.ts'

/** Which image it is without its volumes: the id of that. No label of ours in the sense of engines/labels.ts. */
const plainLabel = 'qaack.plain'
/** The paths that its image declares with VOLUME, JSON: they are there in every container of it. */
const volumesLabel = 'qaack.volumes'

/**
 * A reference to the same image without the volumes that it declares, made if the engine does not have it. It belongs to no
 * instance, as the image itself belongs to none: all that use it may share it, and `docker image prune` takes either.
 */
export async function plainImage(connection: Connection, inspected: unknown): Promise<string> {
  const origin = Origin.parse(inspected)
  const name = `qaack-plain:${origin.Id.replace(/^sha256:/, '').slice(0, 32)}`
  const there = await connection.call(`look at the image ${name}`, (docker) =>
    docker.getImage(name).inspect().catch(unlessThere),
  )
  if (there) return name
  await removeOrphans(connection)
  const layers = origin.RootFS.Layers ?? []
  const labels = {
    [plainLabel]: origin.Id,
    [volumesLabel]: JSON.stringify(Object.keys(origin.Config.Volumes ?? {})),
  }
  const what = 'make an image without volumes'
  // The same image gets the same id, whoever makes it.
  const config = imageConfig(origin, { layers, labels, created: origin.Created || '1970-01-01T00:00:00Z' })
  await loadImage(connection, { what, name, config, layers, source: origin.Id })
  return name
}

/** Directories that a container of this image expects: where its image declared volumes, which the engine would have made. */
export function expectedDirectories(labels: Record<string, string> | null | undefined): string[] {
  return JSON.parse(labels?.[volumesLabel] ?? '[]') as string[]
}

/** Those whose image somebody took away: they would keep its layers for ever. One that a container is made of stays. */
async function removeOrphans(connection: Connection): Promise<void> {
  const all = await connection.call('list images', (docker, abortSignal) =>
    docker.listImages({ filters: { label: [plainLabel] }, abortSignal }),
  )
  for (const { Id, Labels } of all) {
    try {
      await connection.call('remove an image whose origin is gone', async (docker, abortSignal) => {
        const origin = await docker
          .getImage(Labels[plainLabel] ?? '')
          .inspect()
          .catch(unlessThere)
        if (!origin) await docker.getImage(Id).remove({ abortSignal })
      })
    } catch (error) {
      // In use, or gone in between.
      if (isQaackError(error, 'engine_unavailable')) throw error
    }
  }
}

function unlessThere(error: unknown): undefined {
  if (statusOf(error) !== 404) throw error
}
