import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { pack } from 'tar-stream'
import { tarHeader } from '../../../src/builds/checkout-tar.ts'
import type { Container, Engine, ExecSpec } from '../../../src/engines/engine.ts'
import { engineName, labelsFor, type Labels } from '../../../src/engines/labels.ts'
import { addressIn, nextSubnet } from '../../../src/engines/subnets.ts'
import { isQaackError } from '../../../src/errors.ts'
import { newId } from '../../../src/ids.ts'
import type { Workload } from '../../../src/workloads/workload.ts'

/** Further on in the network than any test comes. */
const sharedAddress = 25

/** An implementation under test, and what it has. */
export interface Implementation {
  engine: Engine
  /** An image with `sh` and the usual small programs, whose own command lasts. */
  image: string
  /** An image that cannot be had. */
  missingImage: string
  /** With how many layers what is saved becomes flat. */
  deepest: number
  /** All that the engine tells of an image and how it was made, as JSON. */
  tellAll: (image: string) => Promise<string>
  /** Tests that this one cannot pass, by title, each with the reason. */
  skip?: Record<string, string>
}

/**
 * A world for one test: an instance of its own, one open network, and the means to fill it. Everything goes in the end, but
 * for what is of another world, if it is `within` one: its network and a container that runs. To make and remove one takes
 * half a second of a processor each.
 */
export class World {
  readonly engine: Engine
  readonly image: string
  readonly instance = `test-${randomBytes(5).toString('hex')}`
  readonly environment = newId()
  readonly network: string
  subnet: string
  readonly #within: World | undefined
  #running: Promise<Container> | undefined
  #made = 0

  constructor({ engine, image }: Pick<Implementation, 'engine' | 'image'>, within?: World) {
    this.engine = engine
    this.image = image
    this.#within = within
    this.network = within?.network ?? engineName(this.environment, 1)
    this.subnet = within?.subnet ?? ''
  }

  async open(): Promise<this> {
    await this.engine.prepare(this.image, {})
    if (this.#within) return this
    const refused: string[] = []
    for (;;) {
      this.subnet = nextSubnet('10.222.0.0/16', [], refused)
      try {
        await this.engine.openNetwork({ name: this.network, subnet: this.subnet, labels: this.labels() })
        return this
      } catch (error) {
        if (!isQaackError(error, 'conflict')) throw error
        refused.push(this.subnet)
      }
    }
  }

  labels(service?: string): Labels {
    const facts = { instance: this.instance, environment: this.environment, generation: 1 }
    return labelsFor(service === undefined ? facts : { ...facts, service })
  }

  /** What the network carries. */
  networkLabels(): Labels {
    return (this.#within ?? this).labels()
  }

  workload(part: Partial<Workload> = {}): Workload {
    const index = ++this.#made
    return {
      name: engineName(this.environment, 1, `s${index}`),
      image: this.image,
      variables: {},
      network: { name: this.network, address: addressIn(this.subnet, index + 1), aliases: [`s${index}`] },
      ports: [],
      limits: { memoryBytes: 64 * 2 ** 20, cpus: 1, pids: 64 },
      directories: [],
      files: [],
      ...part,
    }
  }

  async created(part: Partial<Workload> = {}): Promise<Container> {
    return this.engine.container(await this.engine.create(this.workload(part), this.labels('web')))
  }

  async started(part: Partial<Workload> = {}): Promise<Container> {
    const container = await this.created(part)
    await container.start()
    return container
  }

  /**
   * A container that runs the command of its image, for whoever does it no lasting harm: that of the world around, in which
   * others have left files. The folder is nobody else's.
   */
  async running(): Promise<{ container: Container; folder: string }> {
    const world = this.#within ?? this
    const address = addressIn(world.subnet, sharedAddress)
    world.#running ??= world.started({ network: { name: world.network, address, aliases: [] } })
    return { container: await world.#running, folder: `/srv/${this.instance}` }
  }

  /** The next who wants a container that runs gets a new one. */
  async forgetRunning(): Promise<void> {
    const { id } = (await this.#running) ?? {}
    this.#running = undefined
    if (id !== undefined) await this.engine.remove({ kind: 'container', id, name: id, labels: {} })
  }

  async clear(): Promise<void> {
    const all = await this.engine.list({ 'qaack.instance': this.instance })
    for (const kind of ['container', 'network', 'volume', 'image'] as const) {
      await Promise.all(all.filter((one) => one.kind === kind).map((one) => this.engine.remove(one)))
    }
  }
}

/** Runs shell text and returns all it said. */
export async function sh(
  container: Container,
  text: string,
  more: Partial<ExecSpec> = {},
): Promise<{ exitCode: number; outOfMemory: boolean; output: string }> {
  const said: Buffer[] = []
  const result = await container.exec({
    command: ['sh', '-c', text],
    onOutput: (chunk) => said.push(chunk),
    ...more,
  })
  return { ...result, output: Buffer.concat(said).toString('utf8') }
}

/** A tar stream of these files, owned by root. */
export function tarOf(files: Record<string, string>): Readable {
  const tar = pack()
  for (const [name, content] of Object.entries(files)) tar.entry({ name }, content)
  tar.finalize()
  return Readable.from(tar, { objectMode: false })
}

/** An archive of a file that is never whole. Tells when more was taken than lies in any buffer on the way. */
export function endlessTar(taken: () => void): Readable {
  const file = { type: 'file', path: 'endless', mode: 0o644, size: 2 ** 32, mtime: 1, target: '' } as const
  let next = tarHeader(file, { uid: 0, gid: 0 })
  let left = 4 * 2 ** 20
  return new Readable({
    read() {
      if (left <= 0) return taken()
      this.push(next)
      left -= next.length
      next = Buffer.alloc(2 ** 16)
    },
  })
}

export async function textOf(chunks: AsyncIterable<Buffer>): Promise<string> {
  let text = ''
  for await (const chunk of chunks) text += chunk.toString('utf8')
  return text
}
