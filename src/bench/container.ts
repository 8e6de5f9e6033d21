import { randomBytes } from 'node:crypto'
import { createDockerEngine } from '../engines/docker/docker-engine.ts'
import type { Container, Engine } from '../engines/engine.ts'
import { engineName, labelsFor } from '../engines/labels.ts'
import { addressIn, nextSubnet } from '../engines/subnets.ts'
import { isQaackError } from '../errors.ts'
import { newId } from '../ids.ts'
import { benchImage } from './image.ts'

/** Does some work with a running container of the image of the benchmarks, and takes everything away afterwards. */
export async function inBenchContainer<T>(work: (container: Container) => Promise<T>): Promise<T> {
  const image = await benchImage()
  const engine = createDockerEngine({ dockerHost: process.env['DOCKER_HOST'] })
  const instance = `bench-${randomBytes(5).toString('hex')}`
  const environment = newId()
  const labels = labelsFor({ instance, environment, generation: 1, service: 'bench' })
  const network = engineName(environment, 1)
  try {
    await engine.prepare(image, {})
    const subnet = await openSomeNetwork(engine, network, labels)
    const id = await engine.create(
      {
        name: engineName(environment, 1, 'bench'),
        image,
        entrypoint: ['sleep'],
        command: ['86400'],
        user: '0',
        variables: {},
        network: { name: network, address: addressIn(subnet, 2), aliases: [] },
        ports: [],
        limits: { memoryBytes: 2 * 2 ** 30, cpus: 2, pids: 4096 },
        directories: [],
        files: [],
      },
      labels,
    )
    await engine.container(id).start()
    return await work(engine.container(id))
  } finally {
    const all = await engine.list({ 'qaack.instance': instance })
    for (const kind of ['container', 'network'] as const) {
      await Promise.all(all.filter((one) => one.kind === kind).map((one) => engine.remove(one)))
    }
  }
}

async function openSomeNetwork(
  engine: Engine,
  name: string,
  labels: ReturnType<typeof labelsFor>,
): Promise<string> {
  const refused: string[] = []
  for (;;) {
    const subnet = nextSubnet('10.223.0.0/16', [], refused)
    try {
      await engine.openNetwork({ name, subnet, labels })
      return subnet
    } catch (error) {
      if (!isQaackError(error, 'conflict')) throw error
      refused.push(subnet)
    }
  }
}
