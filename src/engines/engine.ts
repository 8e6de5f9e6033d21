import type { Readable } from 'node:stream'
import type { PutFiles, Workload } from '../workloads/workload.ts'
import type { Labels } from './labels.ts'

/**
 * Something that runs containers.
 *
 * Contract:
 * - Order: `prepare` the image, `openNetwork`, `create`, then the container's own methods. `start` may follow `create`
 *   at any time; `copyIn` works on a container that was created and never started; `exec` needs one that runs.
 * - At once: every method may run at the same time as every other, also for one container.
 * - Safe twice: `prepare`, `openNetwork` (same name and labels), `start`, `stop`, `remove`.
 * - Who cleans up: the caller, by `list` and `remove`; nothing made here goes by itself. What a failed `create` left
 *   carries the labels too. Everything that is made carries the labels it was given.
 * - Failures: an engine that does not answer is QaackError `engine_unavailable`; a refusal by the engine is
 *   `engine_failed`; a full disk is `disk_full`; a subnet, name or address that somebody else has is `conflict`, so that
 *   the caller may try another; an image that cannot be had, or whose main process cannot be started, is a BuildFailure.
 * - A signal that fires ends the call with the signal's reason.
 */
export interface Engine {
  /** What it is and can do. Asked once at start, and again to learn whether it is back. */
  info(): Promise<EngineInfo>
  /** Makes sure the image is there, pulling it if the engine does not have it, and tells what it declares. */
  prepare(image: string, options: PrepareOptions): Promise<ImageFacts>
  openNetwork(network: NetworkSpec): Promise<void>
  /** Creates the container of a workload, not started; with its files but for `filesLater`. Returns the engine's id of it. */
  create(workload: Workload, labels: Labels): Promise<string>
  /** The container with this id. No call to the engine is made. */
  container(id: string): Container
  /** Things of ours coming and going, from now on, until `signal` fires. Reconnects by itself; what happened in
   *  between is lost, so whoever listens also looks from time to time. */
  events(signal: AbortSignal): AsyncIterable<EngineEvent>
  /** Everything that carries all the given labels: containers (also stopped ones), networks, volumes, images; or some of these. */
  list(labels: Partial<Labels>, kinds?: readonly Resource['kind'][]): Promise<Resource[]>
  /** Removes it, by force: a running container is killed. One that is not there is no error. */
  remove(resource: Resource): Promise<void>
}

/** One container, created or running. */
export interface Container {
  readonly id: string
  start(): Promise<void>
  /** Asks the main process to end, kills it after `graceSeconds`. */
  stop(graceSeconds: number): Promise<void>
  /**
   * Unpacks an uncompressed tar stream below `path`, which is made if it is not there. The stream is consumed. With `files`,
   * these are put as `create` would put them, before what is in the stream, but not before the stream has begun.
   */
  copyIn(path: string, tar: Readable, options?: CopyOptions): Promise<void>
  /**
   * Runs a command beside the main process and waits for its end. When `signal` fires, the process and all its
   * descendants in the container are killed before the call ends with the signal's reason. An image without `sh` has
   * nothing that could kill them: its container is started anew instead. A command that cannot be run at all (no such
   * program, user or directory) ends with exit code 126 or 127 and says why in its output.
   */
  exec(command: ExecSpec): Promise<ExecResult>
  /** Stops all its processes where they are, and lets them go on. Safe twice; a container that does not run is no error. */
  pause(): Promise<void>
  unpause(): Promise<void>
  /**
   * Keeps its files as an image: with the settings that the image has from which the container was made (entrypoint, command,
   * user, environment, ...), and nothing of the container's own: no variable, no secret file, no command. An image that would
   * get deeper than the engine allows is made flat. Works on a container that runs, is paused or stands still; it is not
   * paused by this, so that several can be saved as of one moment. When `signal` fires, the engine may go on all the same: what
   * it makes after that has the labels too.
   */
  save(image: SaveSpec, signal?: AbortSignal): Promise<SavedImage>
  /** Output of the main process, standard output and error interleaved as they came. */
  logs(options: { follow: boolean; tail?: number; signal?: AbortSignal }): AsyncIterable<Buffer>
  /** State now; `undefined` if the container is not there. */
  inspect(): Promise<ContainerState | undefined>
  /**
   * Bytes of the files that it has and its image has not; `undefined` if the container is not there. The engine looks at each of
   * them for this: seconds, where there are many.
   */
  size(): Promise<number | undefined>
}

export interface CopyOptions {
  /** Those of a workload with `filesLater`, whose paths are absolute. Nothing is slower for them if `path` is `/`. */
  files?: PutFiles
  signal?: AbortSignal
}

export interface EngineInfo {
  /** For people, e.g. `Docker 20.10.24 (API 1.41)`. */
  name: string
  /** How a service is reached from this process: by the container's address, or by a loopback port published for it. */
  reach: 'address' | 'published'
  /** Sentences about what does not work on this engine, e.g. limits that are not enforced. */
  warnings: string[]
  memoryBytes: number
  cpus: number
}

export interface PrepareOptions {
  /** Told while pulling: how much of the image has come, in bytes, both 0 when not known yet. */
  onProgress?: (progress: { status: string; received: number; total: number }) => void
  signal?: AbortSignal
}

export interface SaveSpec {
  /** Reference under which it is kept, e.g. `qaack-reusable/abc:web`. */
  name: string
  labels: Labels
}

export interface SavedImage {
  /** The engine's content id of it, `sha256:…`. */
  id: string
  layers: Layer[]
}

/** One layer of an image. Images that share it have the same id in their lists. */
export interface Layer {
  id: string
  bytes: number
}

export interface ImageFacts {
  /** The engine's content id of the image, `sha256:…`. */
  id: string
  /**
   * What containers are to be made of: the image itself or, where it declares volumes, the same image without these, so that
   * what is written there is among the container's files and can be saved.
   */
  runnable: string
  /** The repository digest where the image came from a registry, else the id. */
  digest: string
  workdir: string
  user: string
  entrypoint: string[]
  command: string[]
  /** Paths that the image declares with VOLUME. */
  volumes: string[]
  layers: Layer[]
}

export interface NetworkSpec {
  name: string
  /** CIDR, e.g. `10.213.0.32/27`; its first address is the gateway. */
  subnet: string
  labels: Labels
}

export interface ExecSpec {
  /** Program and arguments, no shell unless it is named. */
  command: string[]
  variables?: Record<string, string>
  /** User as the engine understands it; the image's own if absent. */
  user?: string
  workdir?: string
  /** Nobody asks whether a process was killed for memory: what is not known of that need not be found out. */
  ignoresMemory?: boolean
  /** Told each piece of output as it comes; both streams interleaved. What it returns is awaited before more is read. */
  onOutput?: (chunk: Buffer) => unknown
  signal?: AbortSignal
}

export interface ExecResult {
  exitCode: number
  /** A process of the container was killed for memory while the command ran; with `ignoresMemory`, as far as is known. */
  outOfMemory: boolean
}

export interface ContainerState {
  /** Also while it is paused. */
  running: boolean
  /** Exit code of the main process; 0 while it runs. */
  exitCode: number
  /** The engine or the kernel killed a process of this container for lack of memory since its last start. */
  outOfMemory: boolean
  /** When it was started last, milliseconds since 1970; 0 if never. */
  startedAt: number
  restarts: number
  /** Where this process reaches the service, once it runs; `port` is filled where ports are published. */
  address: string
  publishedPorts: Record<number, number>
}

export type EngineEvent = {
  kind: 'started' | 'died' | 'out-of-memory' | 'removed'
  containerId: string
  labels: Partial<Labels>
  exitCode?: number
}

export interface Resource {
  kind: 'container' | 'network' | 'volume' | 'image'
  id: string
  name: string
  labels: Partial<Labels>
  /** Containers only. One that is paused runs too. */
  running?: boolean
  /** Containers only. */
  paused?: boolean
}
