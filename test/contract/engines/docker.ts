import { clientFor } from '../../../src/engines/docker/connect.ts'
import { createDockerEngine } from '../../../src/engines/docker/docker-engine.ts'
import { ensureBaseImages } from '../../../src/setup/base-image.ts'
import { saySetup } from '../../../src/setup/say.ts'
import { ensureTestImages } from '../../images/busybox.ts'
import type { Implementation } from './harness.ts'

/** Where the tests' engine answers, as for every program. */
export const dockerHost = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock'

/** The engine of this machine, with the test images on it. Fails with what to do if none runs. */
export async function openDocker(): Promise<Implementation> {
  const deepest = 3
  const engine = createDockerEngine({ dockerHost, deepest })
  await engine.info()
  const { busybox } = await ensureTestImages(clientFor(dockerHost))
  return { engine, image: busybox, missingImage: 'qaack-test/missing:1', deepest, tellAll }
}

/** The same with an image of Debian, whose tar is GNU's: copies go another way there. */
export async function openDockerWithTar(): Promise<Implementation> {
  const engine = createDockerEngine({ dockerHost })
  await engine.info()
  const { node } = await ensureBaseImages({ docker: clientFor(dockerHost), say: saySetup })
  return { engine, image: node, missingImage: 'qaack-test/missing:1', deepest: 60, tellAll }
}

async function tellAll(image: string): Promise<string> {
  const asked = clientFor(dockerHost).getImage(image)
  return JSON.stringify([await asked.inspect(), await asked.history()])
}
