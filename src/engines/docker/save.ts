import { randomUUID } from 'node:crypto'
import type { Readable } from 'node:stream'
import type { SavedImage, SaveSpec } from '../engine.ts'
import type { Labels } from '../labels.ts'
import type { Connection } from './connection.ts'
import { imageConfig, Origin } from './image-config.ts'
import { jsonLines } from './json-lines.ts'
import { layersOf } from './layers.ts'
import { loadImage, longPatience } from './load.ts'
import { remove } from './remove.ts'

/** Engines allow about 125 layers; a container has one more than its image, and the file of a build may begin deep. */
export const defaultDeepest = 60

const what = 'save a container'

/**
 * Keeps a container's files as an image, in two steps. The engine makes one of the container, which has also its variables and
 * its command, and nothing takes these out of it again; so of its layers alone another is made, with the configuration of the
 * image before. The first, which has the labels of the second should nobody get to remove it, goes.
 */
export async function save(
  connection: Connection,
  id: string,
  spec: SaveSpec,
  { deepest = defaultDeepest, signal }: { deepest?: number; signal?: AbortSignal | undefined } = {},
): Promise<SavedImage> {
  const origin = await originOf(connection, id, signal)
  const raw = `qaack-saving:${randomUUID()}`
  try {
    const isDeep = (origin.RootFS.Layers ?? []).length >= deepest
    await (isDeep ? flatten : commit)(connection, id, { raw, labels: spec.labels, signal })
    const layers = await idsOfLayers(connection, raw, signal)
    const labels = { ...spec.labels }
    const config = imageConfig(origin, {
      layers,
      labels,
      created: new Date(connection.clock.now()).toISOString(),
    })
    const saved = await loadImage(connection, { what, name: spec.name, config, layers, source: raw }, signal)
    signal?.throwIfAborted()
    return { id: saved, layers: await layersOf(connection, saved) }
  } finally {
    await remove(connection, { kind: 'image', id: raw, name: raw, labels: spec.labels }).catch(leave)
  }
}

/** What went wrong first is what counts; what is left has its labels. */
function leave(): void {}

async function originOf(
  connection: Connection,
  id: string,
  signal: AbortSignal | undefined,
): Promise<Origin> {
  const { Image } = await connection.call(
    what,
    (docker, abortSignal) => docker.getContainer(id).inspect({ abortSignal } as object),
    { signal },
  )
  return Origin.parse(
    await connection.call(`${what} without its image`, (docker) => docker.getImage(Image).inspect(), {
      signal,
    }),
  )
}

/** The image that is on the way to the one that is wanted. */
interface Raw {
  raw: string
  labels: Labels
  signal: AbortSignal | undefined
}

/** The engine is not asked to pause it: that is for whoever wants several saved as of one moment. */
async function commit(connection: Connection, id: string, { raw, labels, signal }: Raw): Promise<void> {
  const [repo, tag] = raw.split(':')
  await connection.call(
    what,
    (docker, abortSignal) =>
      docker.getContainer(id).commit({
        _query: { container: id, repo, tag, pause: false },
        _body: { Labels: labels },
        abortSignal,
      }),
    { patience: longPatience, signal },
  )
}

/** All files that the container has, those of its image and its own, as the only layer of an image. */
async function flatten(connection: Connection, id: string, { raw, labels, signal }: Raw): Promise<void> {
  const [repo, tag] = raw.split(':')
  const changes = Object.entries(labels).map(
    ([name, value]) => `LABEL ${JSON.stringify(name)}=${JSON.stringify(value)}`,
  )
  await connection.call(
    what,
    async (docker, abortSignal) => {
      const files = (await docker.getContainer(id).export({ abortSignal })) as Readable
      try {
        const query = { repo, tag, changes: changes.join('\n'), abortSignal }
        const answer = (await docker.importImage(files, query)) as Readable
        for await (const line of jsonLines(answer)) {
          const { error } = line as { error?: string }
          if (error !== undefined) throw new Error(error)
        }
      } finally {
        files.destroy()
      }
    },
    { patience: longPatience, signal },
  )
}

async function idsOfLayers(
  connection: Connection,
  image: string,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const { RootFS } = await connection.call(what, (docker) => docker.getImage(image).inspect(), { signal })
  return RootFS.Layers ?? []
}
