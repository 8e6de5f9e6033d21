import { EventEmitter, on } from 'node:events'
import type { Readable } from 'node:stream'
import type {
  Container,
  ContainerState,
  CopyOptions,
  Engine,
  EngineEvent,
  EngineInfo,
  ExecResult,
  ExecSpec,
  ImageFacts,
  NetworkSpec,
  PrepareOptions,
  Resource,
  SavedImage,
  SaveSpec,
} from '../../src/engines/engine.ts'
import type { Labels } from '../../src/engines/labels.ts'
import { BuildFailure, QaackError } from '../../src/errors.ts'
import type { Workload } from '../../src/workloads/workload.ts'
import { FakeContainer, refused } from './engine-container.ts'
import { FakeImages } from './engine-images.ts'

/** What a command that the test knows does; `hang` = until it is cancelled. */
export interface Answer {
  exitCode?: number
  output?: string
  outOfMemory?: boolean
  hang?: boolean
}

export interface FakeEngineOptions {
  /** Milliseconds since 1970, for `startedAt`. */
  now?: () => number
  /** What a command does, before the little shell of engine-script.ts is asked. */
  answer?: (spec: ExecSpec, workload: Workload) => Answer | undefined
  /** Where a port of a container is reached on loopback; without it `reach` is 'address' and nothing listens there. */
  publish?: (workload: Workload, port: number) => number | undefined
  /** What an image declares, beyond the defaults. */
  images?: Record<string, Partial<ImageFacts>>
  /** From this many layers on, what is saved becomes one layer; 60. */
  deepest?: number
}

/**
 * An engine in memory that keeps book and complains: about an image that was not prepared, a network that is not open,
 * a name or address in use, a command in a container that does not run, a container that is not there.
 *
 * Steered by the image's name, if it contains
 * - `missing`: cannot be pulled; `full-disk`: there is no room for it; `slow`: its pull lasts until `finishPulls`
 * - `dies`: its main process ends with exit code 1; `out-of-memory`: it is killed for memory, exit code 137
 * - `never-ready`: every command in it ends with exit code 1
 *
 * Steered by the command: `answer`, else the little shell of engine-script.ts, else exit code 127 for a command and a
 * main process that runs on. `down = true`: nothing answers. `calls` is the book.
 */
export class FakeEngine implements Engine {
  readonly calls: string[] = []
  readonly containers = new Map<string, FakeContainer>()
  readonly networks = new Map<string, NetworkSpec>()
  readonly volumes = new Map<string, Labels>()
  readonly images: FakeImages
  readonly options: FakeEngineOptions
  down = false
  #made = 0
  readonly #events = new EventEmitter().setMaxListeners(0)
  readonly #pulls = new EventEmitter().setMaxListeners(0)

  constructor(options: FakeEngineOptions = {}) {
    this.options = options
    this.images = new FakeImages(options)
  }

  info(): Promise<EngineInfo> {
    return this.#answer('info', () => ({
      name: 'Fake',
      reach: this.options.publish ? ('published' as const) : ('address' as const),
      warnings: [],
      memoryBytes: 8 * 2 ** 30,
      cpus: 2,
    }))
  }

  async prepare(image: string, options: PrepareOptions): Promise<ImageFacts> {
    options.signal?.throwIfAborted()
    await this.#answer(`prepare ${image}`, () => undefined)
    if (!this.images.has(image)) await this.#pull(image, options)
    return (this.images.find(image) ?? this.images.add(image)).facts
  }

  openNetwork(network: NetworkSpec): Promise<void> {
    return this.#answer(`openNetwork ${network.name}`, () => {
      const known = this.networks.get(network.name)
      if (known && known.subnet !== network.subnet)
        throw refused(`the network ${network.name} exists with the subnet ${known.subnet}`)
      if (known) return
      if ([...this.networks.values()].some(({ subnet }) => subnet === network.subnet)) {
        throw new QaackError('conflict', `the subnet ${network.subnet} is in use`)
      }
      this.networks.set(network.name, network)
    })
  }

  create(workload: Workload, labels: Labels): Promise<string> {
    return this.#answer(`create ${workload.name}`, () => {
      const all = [...this.containers.values()]
      const image = this.images.find(workload.image)
      if (!image) throw refused(`no such image: ${workload.image}; prepare it first`)
      if (!this.networks.has(workload.network.name))
        throw refused(`no network ${workload.network.name}; open it first`)
      if (all.some((other) => other.workload.name === workload.name))
        throw new QaackError('conflict', `the name ${workload.name} is in use`)
      const id = `fake${String(++this.#made).padStart(8, '0')}`
      if (workload.filesLater || workload.files.some(({ secret }) => secret))
        this.volumes.set(secretsOf(id), labels)
      this.containers.set(id, new FakeContainer(this, id, { workload, labels, image }))
      return id
    })
  }

  container(id: string): Container {
    return {
      id,
      start: () => this.#in(id, 'start', (container) => container.start()),
      stop: (graceSeconds) => this.#in(id, `stop ${graceSeconds}`, (container) => container.stop()),
      copyIn: (path, tar, options) => this.#copyIn(id, path, tar, options),
      exec: (spec) => this.#exec(id, spec),
      pause: () => this.#in(id, 'pause', (container) => container.pause()),
      unpause: () => this.#in(id, 'unpause', (container) => container.unpause()),
      save: (image, signal) => this.#save(id, image, signal),
      logs: (options) => this.#logs(id, options),
      inspect: () =>
        this.#answer(`inspect ${id}`, (): ContainerState | undefined => this.containers.get(id)?.inspect()),
      size: () => this.#answer(`size ${id}`, (): number | undefined => this.containers.get(id)?.size()),
    }
  }

  events(signal: AbortSignal): AsyncIterable<EngineEvent> {
    // Listens from now on, not from the first look at it.
    const heard = signal.aborted ? undefined : on(this.#events, 'event', { signal })
    return untilAborted(heard, signal)
  }

  list(labels: Partial<Labels>, kinds?: readonly Resource['kind'][]): Promise<Resource[]> {
    const isWanted = (resource: Resource) =>
      carries(resource.labels, labels) && (kinds?.includes(resource.kind) ?? true)
    return this.#answer('list', () => this.#all().filter(isWanted))
  }

  remove(resource: Resource): Promise<void> {
    return this.#answer(`remove ${resource.kind} ${resource.name}`, () => {
      if (resource.kind === 'network') this.networks.delete(resource.name)
      if (resource.kind === 'volume') this.volumes.delete(resource.name)
      if (resource.kind === 'image') this.images.remove(resource.id, this.containers.values())
      if (resource.kind === 'container') this.containers.get(resource.id)?.kill(137, false)
      if (resource.kind === 'container' && this.containers.has(resource.id)) this.emit('removed', resource.id)
      this.containers.delete(resource.id)
      this.volumes.delete(secretsOf(resource.id))
    })
  }

  /** Lets every pull of a `slow` image end well. */
  finishPulls(): void {
    this.#pulls.emit('finish')
  }

  /** For FakeContainer: tells whoever listens. */
  emit(kind: EngineEvent['kind'], id: string, exitCode?: number): void {
    const labels = this.containers.get(id)?.labels ?? {}
    const event: EngineEvent = {
      kind,
      containerId: id,
      labels,
      ...(exitCode === undefined ? {} : { exitCode }),
    }
    this.#events.emit('event', event)
  }

  async #pull(image: string, options: PrepareOptions): Promise<void> {
    this.calls.push(`pull ${image}`)
    options.onProgress?.({ status: 'Downloading', received: 0, total: 0 })
    if (image.includes('missing'))
      throw new BuildFailure(`the image ${image} cannot be pulled: not found; check its name`)
    if (image.includes('full-disk'))
      throw new QaackError('disk_full', `there is no room for the image ${image}`)
    if (image.includes('slow')) await until(this.#pulls, 'finish', options.signal)
    options.onProgress?.({ status: 'Pull complete', received: 1000, total: 1000 })
  }

  async #copyIn(id: string, path: string, tar: Readable, options: CopyOptions = {}): Promise<void> {
    options.signal?.throwIfAborted()
    try {
      await this.#in(id, `copyIn ${path}`, (container) => container.copyIn(path, tar, options))
    } finally {
      tar.destroy()
    }
  }

  async #save(id: string, image: SaveSpec, signal: AbortSignal | undefined): Promise<SavedImage> {
    signal?.throwIfAborted()
    return this.#in(id, `save ${image.name}`, (container) => {
      signal?.throwIfAborted()
      return this.images.save(container, image)
    })
  }

  #exec(id: string, spec: ExecSpec): Promise<ExecResult> {
    spec.signal?.throwIfAborted()
    return this.#in(id, `exec ${spec.command.join(' ')}`, (container) =>
      container.exec(spec, this.options.answer),
    )
  }

  async *#logs(id: string, options: Parameters<Container['logs']>[0]): AsyncIterable<Buffer> {
    yield* await this.#in(id, 'logs', (container) => container.logs(options))
  }

  #all(): Resource[] {
    return [
      ...[...this.containers.values()].map((one): Resource => ({
        kind: 'container',
        id: one.id,
        name: one.workload.name,
        labels: one.labels,
        running: one.running,
        paused: one.paused,
      })),
      ...[...this.networks.values()].map(({ name, labels }): Resource => ({
        kind: 'network',
        id: name,
        name,
        labels,
      })),
      ...[...this.volumes].map(([name, labels]): Resource => ({ kind: 'volume', id: name, name, labels })),
      ...this.images.list(),
    ]
  }

  #in<T>(id: string, what: string, work: (container: FakeContainer) => T | Promise<T>): Promise<T> {
    return this.#answer(`${what} in ${this.containers.get(id)?.workload.name ?? id}`, () => {
      const container = this.containers.get(id)
      if (!container) throw refused(`no such container: ${id}`)
      return work(container)
    })
  }

  /** Never in the same turn: no engine answers at once. */
  async #answer<T>(call: string, work: () => T | Promise<T>): Promise<T> {
    await Promise.resolve()
    if (this.down) throw new QaackError('engine_unavailable', 'the fake engine is down')
    this.calls.push(call)
    return work()
  }
}

/** The volume of its secret files, which goes with it. */
function secretsOf(container: string): string {
  return `${container}-secrets`
}

function carries(labels: Partial<Labels>, wanted: Partial<Labels>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name as keyof Labels] === value)
}

async function* untilAborted(
  heard: AsyncIterable<unknown[]> | undefined,
  signal: AbortSignal,
): AsyncIterable<EngineEvent> {
  if (!heard) return
  try {
    for await (const [event] of heard) yield event as EngineEvent
  } catch (error) {
    if (!signal.aborted) throw error
  }
}

function until(emitter: EventEmitter, name: string, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    emitter.once(name, resolve)
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
  })
}
