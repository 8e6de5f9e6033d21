import { systemClock, type Clock } from '../../clock.ts'
import { silentLogger, type Logger } from '../../logger.ts'
import type { Engine } from '../engine.ts'
import type { Place } from './connect.ts'
import { Connection, type Patience } from './connection.ts'
import { containerOf } from './container.ts'
import { create } from './create.ts'
import { dockerConfig } from './credentials.ts'
import { events } from './events.ts'
import { ask } from './command.ts'
import { askEngine, type EngineFacts } from './info.ts'
import { list } from './list.ts'
import { openNetwork } from './network.ts'
import { OutOfMemory } from './out-of-memory.ts'
import { Images } from './prepare.ts'
import { joinNetwork } from './own-container.ts'
import { remove } from './remove.ts'
import { defaultDeepest } from './save.ts'

export interface DockerOptions extends Place {
  /** Whose events are told; those of every installation if absent. */
  instance?: string
  clock?: Clock
  /** Told when the line to the engine breaks. */
  logger?: Logger
  patience?: Patience
  /** Where `docker login` of the user who runs this keeps what it was told. */
  configFile?: string
  /** How many layers the image of a container may have before what is saved of it is made flat. */
  deepest?: number
}

/** A Docker engine, version 20.10 or later. Nothing is asked of it before the first call. */
export function createDockerEngine(options: DockerOptions = {}): Engine {
  const {
    instance,
    clock = systemClock,
    logger = silentLogger,
    patience = { connect: 5000, answer: 60_000 },
    configFile = dockerConfig,
    deepest = defaultDeepest,
  } = options
  const connection = new Connection(options, clock, patience)
  const images = new Images(connection, configFile)
  const memory = new OutOfMemory(connection, (id) => readKillCount(connection, id))
  let asked: Promise<EngineFacts> | undefined
  const facts = (): Promise<EngineFacts> => {
    asked ??= askEngine(connection)
    asked.catch(() => (asked = undefined))
    return asked
  }
  const reach = async () => (await facts()).reach

  return {
    async info() {
      connection.forget()
      asked = undefined
      const { name, reach, warnings, memoryBytes, cpus } = await facts()
      return { name, reach, warnings, memoryBytes, cpus }
    },
    prepare: (image, prepareOptions) => images.prepare(image, prepareOptions),
    async openNetwork(network) {
      await openNetwork(connection, network)
      const { ownContainer } = await facts()
      if (ownContainer !== undefined) await joinNetwork(connection, network, ownContainer)
    },
    async create(workload, labels) {
      const [image, { hasInit, reach }] = await Promise.all([images.inspect(workload.image), facts()])
      return create(connection, workload, labels, { image, hasInit, reach })
    },
    container: (id) => containerOf(connection, id, { memory, reach, deepest }),
    events(signal) {
      const label = instance === undefined ? 'qaack.instance' : `qaack.instance=${instance}`
      const since = askEngine(connection).then(({ now }) => now)
      since.catch(() => undefined)
      return events(connection, { label, since, signal, logger })
    },
    list: (labels, kinds) => list(connection, labels, kinds),
    async remove(resource) {
      await remove(connection, resource)
      memory.forget(resource.id)
    },
  }
}

/** How many processes of a container the kernel killed for memory, from control groups of either version. */
async function readKillCount(connection: Parameters<typeof ask>[0], id: string): Promise<number | undefined> {
  const said = await ask(connection, id, [
    'cat',
    '/sys/fs/cgroup/memory.events',
    '/sys/fs/cgroup/memory/memory.oom_control',
  ])
  const count = /^oom_kill (\d+)$/m.exec(said ?? '')?.[1]
  return count === undefined ? undefined : Number(count)
}
