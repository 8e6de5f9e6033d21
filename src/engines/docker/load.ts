import { createHash } from 'node:crypto'
import { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { extract, pack, type Extract, type Pack } from 'tar-stream'
import { z } from 'zod'
import { isQaackError, QaackError } from '../../errors.ts'
import type { Connection } from './connection.ts'
import { statusOf } from './errors.ts'
import { jsonLines } from './json-lines.ts'

/** Milliseconds that writing or reading all of a large image may take. */
export const longPatience = 30 * 60_000

/** An image to be made of layers that the engine has already. */
export interface NewImage {
  /** What completes "could not …". */
  what: string
  /** Reference that it gets; another image that has it loses it. */
  name: string
  /** JSON, as of `imageConfig`. */
  config: string
  /** Ids of its layers, lowest first. */
  layers: string[]
  /** An image on the engine that has just these layers. */
  source: string
}

/**
 * Makes an image of another configuration. An engine that keeps images in its own store only wants to be told of the layers; one
 * that keeps them in containerd's wants to be given all of them again, which takes as long as it takes to read and write them.
 * Returns the engine's id of it.
 */
export async function loadImage(
  connection: Connection,
  image: NewImage,
  signal?: AbortSignal,
): Promise<string> {
  try {
    await send(connection, image, await buffer(bare(image)), signal)
  } catch (error) {
    if (!isQaackError(error, 'engine_failed')) throw error
    await loadWithLayers(connection, image, signal)
  }
  return idOf(connection, image)
}

/** For engines that take no image without its layers. */
export async function loadWithLayers(
  connection: Connection,
  image: NewImage,
  signal?: AbortSignal,
): Promise<void> {
  await connection.call(
    image.what,
    async (docker, abortSignal) => {
      const given = (await docker.getImage(image.source).get()) as Readable
      const entries = extract()
      const tar = pack()
      try {
        await Promise.all([
          pipeline(given, entries, { signal: abortSignal }),
          rewrite(entries, image, tar),
          send(connection, image, Readable.from(tar, { objectMode: false }), abortSignal),
        ])
      } finally {
        given.destroy()
        tar.destroy()
      }
    },
    { patience: longPatience, signal },
  )
}

/** The layers as they are, with another configuration behind them. */
async function rewrite(entries: Extract, image: NewImage, tar: Pack): Promise<void> {
  let manifest: z.infer<typeof Manifest> | undefined
  for await (const entry of entries) {
    const { name, type, size, linkname } = entry.header
    if (name === 'manifest.json')
      manifest = Manifest.parse(JSON.parse((await buffer(entry)).toString('utf8')))
    else if (type === 'symlink' && linkname) tar.entry({ name, type: 'symlink', linkname })
    else if (type === 'file' && isLayer(name)) await pipeline(entry, tar.entry({ name, size }))
    entry.resume()
  }
  const layers = manifest?.[0]?.Layers
  if (layers?.length !== image.layers.length)
    throw new QaackError('engine_failed', `could not ${image.what}: the engine gave other layers than it has`)
  finish(tar, image, layers)
}

/** By either of the two layouts; what is no layer among the blobs is small and does no harm. */
function isLayer(name: string): boolean {
  return name.endsWith('/layer.tar') || name.startsWith('blobs/')
}

function bare(image: NewImage): Readable {
  const tar = pack()
  const names = image.layers.map((layer) => `${layer.replace(/^sha256:/, '')}/layer.tar`)
  finish(tar, image, names)
  return Readable.from(tar, { objectMode: false })
}

function finish(tar: Pack, { config, name }: NewImage, layers: string[]): void {
  const configName = `${hash(config)}.json`
  tar.entry({ name: configName }, config)
  tar.entry(
    { name: 'manifest.json' },
    JSON.stringify([{ Config: configName, RepoTags: [name], Layers: layers }]),
  )
  tar.finalize()
}

async function send(
  connection: Connection,
  { what }: NewImage,
  archive: Buffer | Readable,
  signal: AbortSignal | undefined,
): Promise<void> {
  await connection.call(
    what,
    async (docker, abortSignal) => {
      const answer = await docker.loadImage(archive as Readable, { abortSignal })
      for await (const line of jsonLines(answer as Readable)) {
        const { error } = Line.parse(line)
        if (error !== undefined) throw new Error(error)
      }
    },
    { patience: longPatience, signal },
  )
}

/** Where the id is not that of the configuration, what has the name now is it. */
function idOf(connection: Connection, { what, config, name }: NewImage): Promise<string> {
  return connection.call(what, async (docker) => {
    const byConfig = docker.getImage(`sha256:${hash(config)}`).inspect()
    const { Id } = await byConfig.catch((error: unknown) => {
      if (statusOf(error) !== 404) throw error
      return docker.getImage(name).inspect()
    })
    return Id
  })
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

const Line = z.object({ error: z.string().optional() })
const Manifest = z.array(z.object({ Layers: z.array(z.string()) }))
