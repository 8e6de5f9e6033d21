import type { ImageInspectInfo } from 'dockerode'
import type { ImageFacts, Layer, PrepareOptions } from '../engine.ts'
import type { Connection } from './connection.ts'
import { statusOf } from './errors.ts'
import { layersOf } from './layers.ts'
import { plainImage } from './plain.ts'
import type { Progress } from './progress.ts'
import { pull } from './pull.ts'

interface Pull {
  done: Promise<void>
  listeners: Set<(progress: Progress) => void>
  /** Those who wait for it; when the last leaves, it is given up. */
  waiting: number
  stop: AbortController
}

/** Images of which it is remembered what they are made of: those used last. */
const mostKnown = 200

/** Images made sure of. Whoever asks for one that is being pulled joins that pull. */
export class Images {
  readonly #connection: Connection
  readonly #configFile: string
  readonly #pulls = new Map<string, Pull>()
  readonly #layers = new Map<string, Layer[]>()

  constructor(connection: Connection, configFile: string) {
    this.#connection = connection
    this.#configFile = configFile
  }

  async prepare(image: string, options: PrepareOptions): Promise<ImageFacts> {
    options.signal?.throwIfAborted()
    const local = await this.#facts(image)
    if (local) return local
    await this.#join(image, options)
    const pulled = await this.#facts(image)
    if (!pulled) throw new Error(`the engine pulled ${image} and does not have it`)
    return pulled
  }

  /** What the engine says of an image; undefined if it does not have it. */
  inspect(image: string): Promise<ImageInspectInfo | undefined> {
    return this.#connection.call(`look at the image ${image}`, (docker) =>
      docker.getImage(image).inspect().catch(unlessThere),
    )
  }

  async #facts(image: string): Promise<ImageFacts | undefined> {
    const found = await this.inspect(image)
    if (!found) return undefined
    const declares = Object.keys(found.Config.Volumes ?? {}).length > 0
    const [layers, runnable] = await Promise.all([
      this.#layersOf(found.Id),
      declares ? plainImage(this.#connection, found) : image,
    ])
    return factsOf(image, found, { layers, runnable })
  }

  /** They are what the id says, so they are asked for once. */
  async #layersOf(id: string): Promise<Layer[]> {
    const known = this.#layers.get(id)
    const layers = known ?? (await layersOf(this.#connection, id))
    this.#layers.delete(id)
    this.#layers.set(id, layers)
    const [oldest] = this.#layers.keys()
    if (this.#layers.size > mostKnown && oldest !== undefined) this.#layers.delete(oldest)
    return layers
  }

  async #join(image: string, { onProgress, signal }: PrepareOptions): Promise<void> {
    const pull = this.#pulls.get(image) ?? this.#begin(image)
    if (onProgress) pull.listeners.add(onProgress)
    pull.waiting += 1
    const { promise: left, reject: leave } = Promise.withResolvers<never>()
    const abort = () => leave(signal?.reason)
    signal?.addEventListener('abort', abort, { once: true })
    try {
      await Promise.race([pull.done, left])
    } finally {
      signal?.removeEventListener('abort', abort)
      if (onProgress) pull.listeners.delete(onProgress)
      pull.waiting -= 1
      if (pull.waiting === 0) this.#giveUp(image, pull)
    }
  }

  #begin(image: string): Pull {
    const stop = new AbortController()
    const listeners: Pull['listeners'] = new Set()
    const tell = (progress: Progress) => listeners.forEach((listener) => listener(progress))
    const done = pull(this.#connection, image, {
      configFile: this.#configFile,
      onProgress: tell,
      signal: stop.signal,
    })
    const begun = { done, listeners, waiting: 0, stop }
    this.#pulls.set(image, begun)
    done.catch(() => undefined)
    return begun
  }

  #giveUp(image: string, pull: Pull): void {
    if (this.#pulls.get(image) === pull) this.#pulls.delete(image)
    pull.stop.abort(new Error('nobody waits for this image any more'))
  }
}

function unlessThere(error: unknown): undefined {
  if (statusOf(error) !== 404) throw error
}

function factsOf(
  image: string,
  { Id, RepoDigests, Config }: ImageInspectInfo,
  more: { layers: Layer[]; runnable: string },
): ImageFacts {
  const repository = image.replace(/@.*$/, '').replace(/:[^/]+$/, '')
  const digests = RepoDigests ?? []
  const own = digests.find((digest) => digest.startsWith(`${repository}@`)) ?? digests[0]
  return {
    id: Id,
    ...more,
    digest: own?.split('@')[1] ?? Id,
    workdir: Config.WorkingDir ?? '',
    user: Config.User ?? '',
    ...commandIn(Config),
    volumes: Object.keys(Config.Volumes ?? {}),
  }
}

/** The image's own entrypoint and command. */
export function commandIn({
  Entrypoint,
  Cmd,
}: ImageInspectInfo['Config']): Pick<ImageFacts, 'entrypoint' | 'command'> {
  return { entrypoint: [Entrypoint ?? []].flat(), command: Cmd ?? [] }
}
