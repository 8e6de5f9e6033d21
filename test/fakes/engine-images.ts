import { createHash } from 'node:crypto'
import type { ImageFacts, Resource, SavedImage, SaveSpec } from '../../src/engines/engine.ts'
import type { Labels } from '../../src/engines/labels.ts'
import { QaackError } from '../../src/errors.ts'
import type { FakeContainer, FakeFile } from './engine-container.ts'
import type { FakeEngineOptions } from './engine.ts'

/** An image that the fake engine has. */
export interface FakeImage {
  facts: ImageFacts
  /** Gone once another is saved under it. */
  name?: string
  labels: Partial<Labels>
  /** The image of a registry that it comes from: its name steers what containers do. */
  origin: string
  /** By absolute path. */
  files: ReadonlyMap<string, FakeFile>
}

/** The images of the fake engine: those that were prepared, and those that were saved. */
export class FakeImages {
  readonly #all = new Set<FakeImage>()
  readonly #declared: Record<string, Partial<ImageFacts>>
  readonly #deepest: number
  #saved = 0
  /** How many more can be saved until the disk is full. Of one that is too many the half stays, as with a real engine. */
  room = Infinity

  constructor({ images = {}, deepest = 60 }: Pick<FakeEngineOptions, 'images' | 'deepest'> = {}) {
    this.#declared = images
    this.#deepest = deepest
  }

  /** By reference or id. */
  find(image: string): FakeImage | undefined {
    return [...this.#all].find(({ name, facts }) => name === image || facts.id === image)
  }

  has(image: string): boolean {
    return this.find(image) !== undefined
  }

  /** One of a registry has come, and with it, where it declares volumes, the same without these. */
  add(image: string): FakeImage {
    const facts = factsOf(image, this.#declared[image])
    const files = new Map<string, FakeFile>()
    const added = { facts, name: image, labels: {}, origin: image, files }
    this.#all.add(added)
    if (facts.runnable !== image) {
      const plain = { ...facts, id: contentId(facts.runnable), volumes: [] }
      this.#all.add({ ...added, facts: plain, name: facts.runnable })
    }
    return added
  }

  save(container: FakeContainer, { name, labels }: SaveSpec): SavedImage {
    const { image } = container
    if (this.room <= 0) {
      const half = { ...image.facts, id: contentId(`half of ${name} ${++this.#saved}`) }
      this.#all.add({ ...image, facts: half, name: `qaack-saving:${this.#saved}`, labels })
      const words = 'write /var/lib/docker/tmp/x: no space left on device'
      throw new QaackError(
        'disk_full',
        `the disk of the engine is full: could not save a container (${words})`,
      )
    }
    this.room -= 1
    const files = container.ownFiles()
    const id = contentId(`${name} ${++this.#saved}`)
    const bytes = [...files.values()].reduce((sum, { content }) => sum + content.length, 0)
    const deep = image.facts.layers.length >= this.#deepest
    const layers = [...(deep ? [] : image.facts.layers), { id: contentId(`layer ${id}`), bytes }]
    const facts = { ...image.facts, id, digest: id, runnable: id, volumes: [], layers }
    for (const other of this.#all) if (other.name === name) delete other.name
    this.#all.add({ facts, name, labels, origin: image.origin, files })
    return { id, layers }
  }

  /** One that a container is made of stays. */
  remove(image: string, containers: Iterable<FakeContainer>): void {
    const found = this.find(image)
    if (found && ![...containers].some((container) => container.image === found)) this.#all.delete(found)
  }

  list(): Resource[] {
    return [...this.#all].map(({ facts, name, labels }) => ({
      kind: 'image',
      id: facts.id,
      name: name ?? facts.id,
      labels,
    }))
  }
}

function factsOf(image: string, declared: Partial<ImageFacts> = {}): ImageFacts {
  const id = `sha256:${Buffer.from(image).toString('hex').padEnd(64, '0').slice(0, 64)}`
  const none = { entrypoint: [], command: ['serve'], volumes: [], workdir: '', user: '' }
  const runnable = declared.volumes?.length ? `${image} without volumes` : image
  const layers = [{ id: contentId(`layer ${image}`), bytes: 1000 }]
  return { id, runnable, digest: id, ...none, layers, ...declared }
}

function contentId(of: string): string {
  return `sha256:${createHash('sha256').update(of).digest('hex')}`
}
