import { EventEmitter, on } from 'node:events'
import { posix } from 'node:path'
import type { Readable } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import { pipeline } from 'node:stream/promises'
import { extract } from 'tar-stream'
import type {
  Container,
  ContainerState,
  CopyOptions,
  ExecResult,
  ExecSpec,
} from '../../src/engines/engine.ts'
import type { Labels } from '../../src/engines/labels.ts'
import { QaackError } from '../../src/errors.ts'
import type { Workload, WorkloadFile } from '../../src/workloads/workload.ts'
import { runScript, type End } from './engine-script.ts'
import type { FakeImage } from './engine-images.ts'
import type { Answer, FakeEngine } from './engine.ts'

export interface FakeFile {
  content: Buffer
  mode: number
  uid: number
  gid: number
}

/** One container of the fake engine: its files, its output, what runs in it. */
export class FakeContainer {
  readonly id: string
  readonly workload: Workload
  readonly labels: Labels
  /** By absolute path. */
  readonly files = new Map<string, FakeFile>()
  /** What it was made of. */
  readonly image: FakeImage
  running = false
  paused = false
  readonly #engine: FakeEngine
  readonly #output: Buffer[] = []
  readonly #news = new EventEmitter().setMaxListeners(0)
  /** Those of its files that are no part of what is saved. */
  readonly #secrets = new Set<FakeFile>()
  #exitCode = 0
  #outOfMemory = false
  #startedAt = 0

  constructor(engine: FakeEngine, id: string, of: { workload: Workload; labels: Labels; image: FakeImage }) {
    this.#engine = engine
    this.id = id
    this.workload = of.workload
    this.labels = of.labels
    this.image = of.image
    for (const [path, file] of of.image.files) this.files.set(path, file)
    if (!of.workload.filesLater) this.#put(of.workload.files)
  }

  start(): void {
    this.paused = false
    if (this.running) return
    this.running = true
    this.#exitCode = 0
    this.#outOfMemory = false
    this.#startedAt = this.#engine.options.now?.() ?? Date.now()
    this.#engine.emit('started', this.id)
    if (this.image.origin.includes('out-of-memory')) return this.kill(137, true)
    if (this.image.origin.includes('dies')) return this.kill(1, false)
    void this.#runMain()
  }

  stop(): void {
    this.kill(143, false)
  }

  /** Ends the main process and with it everything that runs in the container. */
  kill(exitCode: number, outOfMemory: boolean): void {
    if (!this.running) return
    if (outOfMemory) this.noteOutOfMemory()
    this.running = false
    this.paused = false
    this.#exitCode = exitCode
    this.#news.emit('ended')
    this.#engine.emit('died', this.id, exitCode)
  }

  pause(): void {
    this.paused = this.running
  }

  unpause(): void {
    this.paused = false
  }

  /** What is kept of it when it is saved. */
  ownFiles(): Map<string, FakeFile> {
    return new Map([...this.files].filter(([, file]) => !this.#secrets.has(file)))
  }

  noteOutOfMemory(): void {
    this.#outOfMemory = true
    this.#engine.emit('out-of-memory', this.id)
  }

  /** What the main process says. */
  say(chunk: Buffer): void {
    this.#output.push(chunk)
    this.#news.emit('output', chunk)
  }

  async copyIn(path: string, tar: Readable, { files, signal }: CopyOptions = {}): Promise<void> {
    const unpack = extract()
    const arrived = (async () => {
      const own = [...(files?.files ?? [])]
      for await (const entry of unpack) {
        this.#put(own.splice(0))
        const { name, type, mode = 0o644, uid = 0, gid = 0 } = entry.header
        const content = await buffer(entry)
        if (type === 'file') this.files.set(posix.join(path, name), { content, mode, uid, gid })
      }
      this.#put(own)
    })()
    try {
      await Promise.all([pipeline(tar, unpack, signal ? { signal } : {}), arrived])
    } catch (error) {
      throw signal?.aborted ? signal.reason : error
    }
  }

  async exec(
    spec: ExecSpec,
    answer: ((spec: ExecSpec, workload: Workload) => Answer | undefined) | undefined,
  ): Promise<ExecResult> {
    if (!this.running) throw refused(`the container ${this.workload.name} does not run; start it first`)
    if (this.paused) throw refused(`the container ${this.workload.name} is paused; let it go on first`)
    const { promise: ended, resolve: end } = Promise.withResolvers<void>()
    this.#news.once('ended', end)
    spec.signal?.addEventListener('abort', () => end(), { once: true })
    const given = answer?.(spec, this.workload)
    const result = given ? await this.#give(given, spec, ended) : await this.#run(spec, ended)
    this.#news.off('ended', end)
    spec.signal?.throwIfAborted()
    if (result.outOfMemory) this.noteOutOfMemory()
    return result
  }

  async *logs({ follow, tail, signal }: Parameters<Container['logs']>[0]): AsyncIterable<Buffer> {
    signal?.throwIfAborted()
    const stop = new AbortController()
    const heard = follow && this.running ? on(this.#news, 'output', { signal: stop.signal }) : undefined
    signal?.addEventListener('abort', () => stop.abort(), { once: true })
    this.#news.once('ended', () => stop.abort())
    yield* lastLines(this.#output, tail)
    try {
      for await (const [chunk] of heard ?? []) yield chunk as Buffer
    } catch (error) {
      if (!stop.signal.aborted) throw error
    }
    signal?.throwIfAborted()
  }

  size(): number {
    const own = [...this.files].filter(([path, file]) => this.image.files.get(path) !== file)
    return own.reduce((sum, [, { content }]) => sum + content.length, 0)
  }

  inspect(): ContainerState {
    const { ports } = this.workload
    const published = ports.flatMap((port) => {
      const at = this.#engine.options.publish?.(this.workload, port)
      return at === undefined || !this.running ? [] : [[port, at] as const]
    })
    return {
      running: this.running,
      exitCode: this.#exitCode,
      outOfMemory: this.#outOfMemory,
      startedAt: this.#startedAt,
      restarts: 0,
      address: this.#engine.options.publish ? '127.0.0.1' : this.workload.network.address,
      publishedPorts: Object.fromEntries(published),
    }
  }

  #put(files: WorkloadFile[]): void {
    for (const { path, content, mode, secret } of files) {
      const file = { content: Buffer.from(content), mode, uid: 0, gid: 0 }
      this.files.set(path, file)
      if (secret) this.#secrets.add(file)
    }
  }

  /** A main process that the little shell does not know runs on. */
  async #runMain(): Promise<void> {
    const command = [...(this.workload.entrypoint ?? []), ...(this.workload.command ?? ['serve'])]
    const ended = new Promise<void>((resolve) => this.#news.once('ended', () => resolve()))
    const end = await runScript(
      command,
      this.#around(this.workload, ended, (chunk) => this.say(chunk)),
    )
    if (end) this.kill(end.exitCode, end.outOfMemory)
  }

  async #run(spec: ExecSpec, ended: Promise<void>): Promise<End> {
    if (this.image.origin.includes('never-ready')) return { exitCode: 1, outOfMemory: false }
    const variables = { ...this.workload.variables, ...spec.variables }
    const write = (chunk: Buffer) => spec.onOutput?.(chunk)
    const around = this.#around({ ...this.workload, ...spec, variables }, ended, write)
    const end = await runScript(spec.command, around)
    if (end) return end
    write(Buffer.from(`${spec.command[0]}: not found\n`))
    return { exitCode: 127, outOfMemory: false }
  }

  async #give(answer: Answer, spec: ExecSpec, ended: Promise<void>): Promise<End> {
    if (answer.output !== undefined) spec.onOutput?.(Buffer.from(answer.output))
    if (answer.hang) await ended
    return {
      exitCode: answer.exitCode ?? (answer.hang || answer.outOfMemory ? 137 : 0),
      outOfMemory: answer.outOfMemory ?? false,
    }
  }

  #around(
    spec: { variables: Record<string, string>; workdir?: string; user?: string },
    ended: Promise<void>,
    write: (chunk: Buffer) => void,
  ) {
    const read = (path: string) => this.files.get(path)?.content
    return {
      variables: spec.variables,
      workdir: spec.workdir ?? '/',
      user: spec.user ?? '',
      read,
      write,
      ended,
    }
  }
}

export function refused(message: string): QaackError {
  return new QaackError('engine_failed', message)
}

function lastLines(output: Buffer[], count: number | undefined): Buffer[] {
  const text = Buffer.concat(output).toString('utf8')
  if (text === '') return []
  return [
    Buffer.from(
      count === undefined
        ? text
        : text
            .split(/(?<=\n)/)
            .slice(-count)
            .join(''),
    ),
  ]
}
