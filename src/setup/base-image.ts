import { Readable } from 'node:stream'
import type Docker from 'dockerode'
import { messageOf } from '../errors.ts'
import { dpkgOptions, image, noCluster, packages, type Recipe, recipe, registryBase } from './base-recipe.ts'
import { buildImage, exists, pullImage, tagImage } from './images.ts'
import { withLock } from './lock.mjs'
import { nodeFiles } from './node-files.ts'
import { makeRootfs } from './rootfs.ts'
import { type Say, timed } from './say.ts'

/**
 * Makes sure that the engine has the images of the tests, the benchmarks and the demo, and returns their exact names;
 * each is there as `…:latest` too, for Qaackfiles. Nothing is fetched if they are there. Otherwise the Debian they
 * stand on is pulled if a registry answers, else made from the distribution's packages.
 */
export async function ensureBaseImages({ docker, say }: { docker: Docker; say: Say }): Promise<Recipe> {
  const names = recipe()
  if (await allExist(docker, names)) return names
  return withLock('images', {
    waiting: () => say('another command makes the base images, waiting for it …'),
    work: () => make(docker, names, say),
  })
}

async function make(docker: Docker, names: Recipe, say: Say): Promise<Recipe> {
  if (!(await exists(docker, names.debian))) await makeDebian(docker, names.debian, say)
  if (!(await exists(docker, names.node))) await makeNode(docker, names, say)
  if (!(await exists(docker, names.postgres))) await makePostgres(docker, names, say)
  for (const name of namesOf(names)) await tagImage(docker, name, `${name.split(':')[0]}:latest`)
  return names
}

async function makeDebian(docker: Docker, name: string, say: Say): Promise<void> {
  const faults: string[] = []
  for (const way of [extendPulled, makeRootfs]) {
    try {
      return await way(docker, name, say)
    } catch (error) {
      faults.push(messageOf(error))
      if (way === extendPulled) say(`no image from a registry: ${messageOf(error).split('\n')[0]}`)
    }
  }
  throw new Error(
    `The base image cannot be made.\n- from a registry: ${faults[0]}\n- from packages: ${faults[1]}`,
  )
}

async function extendPulled(docker: Docker, name: string, say: Say): Promise<void> {
  if (!(await exists(docker, registryBase))) {
    await timed(say, `pulling ${registryBase}`, () => pullImage(docker, registryBase))
  }
  await timed(say, `making ${name} (git, PostgreSQL)`, () =>
    buildImage(docker, {
      name,
      dockerfile: image('debian.Dockerfile'),
      args: {
        BASE: registryBase,
        PACKAGES: packages.join(' '),
        DPKG: dpkgOptions.join('\n'),
        NO_CLUSTER: noCluster,
      },
    }),
  )
}

async function makeNode(docker: Docker, names: Recipe, say: Say): Promise<void> {
  await timed(say, `making ${names.node} (Node, npm)`, () =>
    buildImage(docker, {
      name: names.node,
      dockerfile: image('node.Dockerfile'),
      args: { BASE: names.debian },
      files: nodeFiles('files'),
    }),
  )
}

async function makePostgres(docker: Docker, names: Recipe, say: Say): Promise<void> {
  const entrypoint = { path: 'entrypoint.sh', content: image('postgres-entrypoint.sh') }
  await timed(say, `making ${names.postgres}`, () =>
    buildImage(docker, {
      name: names.postgres,
      dockerfile: image('postgres.Dockerfile'),
      args: { BASE: names.debian },
      files: Readable.from([entrypoint]),
    }),
  )
}

async function allExist(docker: Docker, names: Recipe): Promise<boolean> {
  const there = await Promise.all(namesOf(names).map((name) => exists(docker, name)))
  return there.every(Boolean)
}

function namesOf({ debian, node, postgres }: Recipe): string[] {
  return [debian, node, postgres]
}
