import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { Origin } from '../fakes/origin.ts'
import { addRepository, environmentOf, type EnvironmentView } from '../e2e/previews.ts'
import { ServerProcess, until } from '../../src/setup/server-process.ts'

const rebuilds = 100
const megabyte = 1024 ** 2

interface View extends EnvironmentView {
  serving?: { hash: string }
  reusable: { used: string | null; saved: string[]; why: string }
}

/** Each build has one step more than the one before, starts from what that saved, and saves what it is then. */
function qaackfile(count: number): string {
  const steps = Array.from({ length: count }, (_, index) => index + 1)
  return JSON.stringify({
    ...(count > 1 ? { reuse: `after-${count - 1}` } : {}),
    make_reusable: { [`after-${count}`]: { on: `web.step${count}` } },
    services: {
      web: {
        image: 'qaack-base/node:latest',
        checkout: true,
        path: '/app',
        port: 3000,
        commands: Object.fromEntries(
          steps.map((step) => [
            `step${step}`,
            `head -c 100000 /dev/urandom > made${step} && rm -f scratch && echo ${step} > scratch`,
          ]),
        ),
        start: 'node server.mjs',
        ready: { path: '/' },
      },
    },
  })
}

const server = `
import { createServer } from 'node:http'
import { readdirSync } from 'node:fs'
createServer((_, answer) => answer.end(String(readdirSync('.').filter((file) => /^made/.test(file)).length))).listen(3000)
`

test(
  `${rebuilds} rebuilds, each from what the one before saved: images stay shallow, and the disk within its budget`,
  { timeout: 1_800_000 },
  async () => {
    // Three quarters of it are for trusted code: room for one whole image beside the layers that what runs is made of.
    await using qaack = await ServerProcess.start({ QAACK_REUSABLE_DISK: '1200m' })
    using origin = new Origin()
    origin.commit('main', { 'qaack/qaack.yml': qaackfile(1), 'server.mjs': server })
    const repository = await addRepository(qaack, 'shop', origin)
    const id = await environmentOf(qaack, repository, 'main')
    const view = () => qaack.api<View>('GET', `/api/environment/${id}`)
    await qaack.api('PUT', `/api/environment/${id}`, {})
    await until(async () => (await view()).status === 'built', 'the first one is built', 120)
    let deepest = 0
    for (let count = 2; count <= rebuilds; count += 1) {
      const hash = origin.commit('main', { 'qaack/qaack.yml': qaackfile(count) })
      await qaack.api('POST', `/api/repository/${repository}/sync`)
      await until(async () => (await view()).serving?.hash === hash, `build ${count} answers`, 120)
      const { reusable } = await view()
      assert.equal(reusable.used, `after-${count - 1}`, reusable.why)
      assert.deepEqual(reusable.saved, [`after-${count}`])
      assert.equal((await qaack.get('/', `${id}.qaack.localhost`)).body, String(count))
      deepest = Math.max(deepest, ...savedImages(qaack).map(({ layers }) => layers.length))
    }
    assert.ok(deepest <= 65, `an image has ${deepest} layers`)
    const bytes = savedImages(qaack).reduce((sum, { size }) => Math.max(sum, size), 0)
    assert.ok(bytes < 600 * megabyte, `the largest image has ${bytes} bytes`)
    await qaack.api('DELETE', `/api/repository/${repository}`)
    await until(() => Promise.resolve(savedImages(qaack).length === 0), 'no saved image is left', 120)
  },
)

/** What the engine has saved of this installation. */
function savedImages(qaack: ServerProcess): { layers: string[]; size: number }[] {
  const instance = readFileSync(join(qaack.dataDir, 'instance'), 'utf8').trim()
  const ids = docker(
    'images',
    '-q',
    '--filter',
    `label=qaack.instance=${instance}`,
    '--filter',
    'label=qaack.reusable',
  )
  return [...new Set(ids.split('\n').filter(Boolean))].flatMap(inspected)
}

/** Nothing if it was pruned since it was listed. */
function inspected(id: string): { layers: string[]; size: number }[] {
  try {
    const told = JSON.parse(docker('image', 'inspect', id)) as {
      RootFS: { Layers: string[] }
      Size: number
    }[]
    return told.map(({ RootFS, Size }) => ({ layers: RootFS.Layers, size: Size }))
  } catch (error) {
    if (/no such image/i.test(String(error))) return []
    throw error
  }
}

function docker(...words: string[]): string {
  return execFileSync('docker', words, { encoding: 'utf8', maxBuffer: 64 * megabyte })
}
