import { createHash } from 'node:crypto'
import { removeUnowned } from '../environments/effects.ts'
import type { ServiceRecord } from '../environments/environment.ts'
import type { Created } from '../environments/outcome.ts'
import type { ImageFacts } from '../engines/engine.ts'
import { labelsFor } from '../engines/labels.ts'
import { placeOf } from '../engines/place.ts'
import type { Parts } from '../parts.ts'
import type { Service } from '../qaackfile/qaackfile.ts'
import { chooseStart } from '../reusables/choose.ts'
import { workloadFromService } from '../workloads/from-qaackfile.ts'
import { environmentFacts } from '../workloads/facts.ts'
import type { BuildRecord } from './build.ts'
import { prepareCode } from './code.ts'
import { filesComeWithCode } from './code-files.ts'
import { freeAddresses, giveWay, lockedServices, startLocked } from './locked.ts'
import { closeNetwork, openNetwork } from './network.ts'
import type { Output } from './output.ts'
import type { Plan } from './plan.ts'
import { imagesOf, pullImages } from './pull.ts'
import type { ReusableRecord } from './reusable.ts'
import { waitUntilReady } from './ready.ts'
import { both, orAborted, together } from './together.ts'

/**
 * Creates and starts the containers of a generation, at once as far as that can be: one that does its own work from creation on
 * waits until those that it depends on are there and, if they do so too, ready. All others wait for their turn in the build.
 */
export async function createServices(
  parts: Parts,
  build: BuildRecord,
  plan: Plan,
  output: Output,
  signal: AbortSignal,
): Promise<Created> {
  const locked = lockedServices(plan)
  const unlocked = plan.qaackfile.services.filter(({ name }) => !locked.has(name))
  const choose = (stop: AbortSignal) => chooseImages(parts, build, plan, unlocked, { output, signal: stop })
  const open = (stop: AbortSignal) => openNetwork(parts, build, plan.environment, { output, signal: stop })
  // In the network of what stays is what answers: that gives way, and only after all that may fail before.
  const inTurn = async () => {
    const chosen = await choose(signal)
    await giveWay(parts, build, locked, signal)
    return [chosen, await open(signal)] as const
  }
  const atOnce = () =>
    both(signal, choose, open).catch(async (error: unknown) => {
      await closeNetwork(parts, build)
      throw error
    })
  const [{ start, images }, network] = await (locked.size > 0 ? inTurn() : atOnce())
  const addresses = await freeAddresses(parts, network.subnet, unlocked, locked)
  const records = new Map<string, ServiceRecord>()
  const up = new Map(plan.qaackfile.services.map(({ name }) => [name, Promise.withResolvers<void>()]))
  // Whoever waits for one that failed is stopped by the signal; nobody has to hear of it twice.
  for (const { promise } of up.values()) promise.catch(() => undefined)
  const beginsNow = (service: Service) => locked.has(service.name) || runsByItself(service)
  const needsOf = (service: Service) => (beginsNow(service) ? service.dependsOn : [])
  const first = new Set(unlocked.filter((service) => needsOf(service).length === 0))
  // To begin with git holds this process up, so the engine is asked for all that it can start before.
  const starting = (service: Service) => {
    // What an environment is reset to has its code.
    if (first.delete(service) && first.size === 0 && build.start !== 'reset')
      setImmediate(() => prepareCode(parts, plan, unlocked, { start, images }))
  }
  await together(plan.qaackfile.services, signal, async (service, stop) => {
    const needs = needsOf(service)
    await orAborted(Promise.all(needs.flatMap((name) => up.get(name)?.promise ?? [])), stop)
    const kept = locked.get(service.name)
    const image = images.get(service.name) as ImageFacts
    const made = {
      service,
      image,
      network: { name: network.name, address: addresses.get(service.name) ?? '' },
      starting,
    }
    const record = kept
      ? await startLocked(parts, service, kept)
      : await createService(parts, build, plan, made)
    records.set(service.name, record)
    output.heading(
      `${service.name}: ${kept ? 'locked, so it goes on as it was' : createdText(service, start)}`,
    )
    if (beginsNow(service) && isNeeded(service, plan.qaackfile.services.filter(beginsNow)))
      await waitUntilReady(parts, service, record, output, stop)
    up.get(service.name)?.resolve()
  })
  const inOrder = plan.qaackfile.services.flatMap(({ name }) => records.get(name) ?? [])
  return { services: inOrder, aliases: plan.qaackfile.aliases }
}

/** What each service is made of. Meanwhile what is left of earlier tries goes. */
async function chooseImages(
  parts: Parts,
  build: BuildRecord,
  plan: Plan,
  services: Service[],
  { output, signal }: { output: Output; signal: AbortSignal },
): Promise<{ start: ReusableRecord | null; images: Map<string, ImageFacts> }> {
  const [pulled] = await both(
    signal,
    // What an environment is reset to has all of them in it.
    (stop) =>
      build.start === 'reset'
        ? Promise.resolve(new Map<string, ImageFacts>())
        : pullImages(parts, services, output, stop),
    () => removeUnowned(parts, build.environmentId),
  )
  const start = await chooseStart({ parts, build, plan, output, signal }, pulled)
  return { start, images: await imagesOf(parts, services, { start, pulled }, output, signal) }
}

function createdText({ name, image }: Service, start: ReusableRecord | null): string {
  const isSaved = start?.services.some((saved) => saved.name === name)
  return `created from ${isSaved ? 'what was saved' : image}`
}

/** Its main process is the image's own and it has nothing to be built. */
export function runsByItself(service: Service): boolean {
  return service.start === null && service.steps.length === 0 && service.checkout === null
}

function isNeeded({ name }: Service, by: Service[]): boolean {
  return by.some(({ dependsOn }) => dependsOn.includes(name))
}

async function createService(
  parts: Parts,
  build: BuildRecord,
  plan: Plan,
  made: {
    service: Service
    network: { name: string; address: string }
    image: ImageFacts
    /** Is told when the engine was asked to start it. */
    starting: (service: Service) => void
  },
): Promise<ServiceRecord> {
  const { service, network, image } = made
  const { engine } = parts
  const workload = workloadFromService(service, {
    ...environmentFacts(parts, plan),
    image,
    imageReference: image.runnable,
    network,
    generation: build.generation,
    serviceId: serviceId(build.environmentId, service.name),
    filesLater: filesComeWithCode(build, service),
  })
  const labels = labelsFor({
    instance: parts.instance,
    environment: build.environmentId,
    generation: build.generation,
    service: service.name,
  })
  const containerId = await engine.create(workload, labels)
  const container = engine.container(containerId)
  const started = container.start()
  made.starting(service)
  await started
  const state = await container.inspect()
  return {
    id: serviceId(build.environmentId, service.name),
    generation: build.generation,
    name: service.name,
    default: service.default,
    image: service.image,
    port: service.port,
    aliases: service.aliases,
    locked: false,
    state: 'running',
    containerId,
    target: service.port === null || !state ? null : placeOf(state, service.port),
    address: network.address,
  }
}

/** The same for every generation of an environment, so that variables stay the same over rebuilds. */
export function serviceId(environmentId: string, name: string): string {
  const alphabet = 'abcdefghijklmnopqrstuvwxyz234567'
  const hash = createHash('sha256').update(`${environmentId}/${name}`).digest()
  return Array.from(hash.subarray(0, 10), (byte) => alphabet[byte & 31]).join('')
}
