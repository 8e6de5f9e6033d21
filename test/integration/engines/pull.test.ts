import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import { createDockerEngine } from '../../../src/engines/docker/docker-engine.ts'
import type { Engine } from '../../../src/engines/engine.ts'
import { dockerHost } from '../../contract/engines/docker.ts'
import { openRegistry, type Registry } from './registry.ts'

describe('pulling on Docker', { timeout: 60_000 }, () => {
  let folder: string
  let engine: Engine
  let registry: Registry
  let configFile: string
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'qaack-pull-'))
    configFile = join(folder, 'config.json')
    engine = createDockerEngine({ dockerHost, configFile })
    await engine.info()
  })
  after(() => rm(folder, { recursive: true, force: true }))
  beforeEach(async () => {
    registry = await openRegistry()
  })
  afterEach(async () => {
    for (const name of ['plain', 'slow', 'secret']) {
      await engine.remove({ kind: 'image', id: `${registry.host}/${name}:1`, name, labels: {} })
      await engine.remove({ kind: 'image', id: `${registry.host}/${name}:latest`, name, labels: {} })
    }
    registry.close()
  })

  test('an image that is not there yet is pulled, with its progress in bytes, once', async () => {
    const told: { received: number; total: number }[] = []
    const image = `${registry.host}/plain:1`
    const facts = await engine.prepare(image, { onProgress: (progress) => told.push(progress) })
    assert.equal(facts.workdir, '/from-registry')
    assert.match(facts.digest, /^sha256:/)
    assert.notEqual(facts.digest, facts.id)
    const last = told.at(-1)
    assert.ok(last && last.total > 200_000 && last.received === last.total, JSON.stringify(last))
    const before = registry.asked.length
    await engine.prepare(image, {})
    assert.equal(registry.asked.length, before)
  })

  test('an image without a tag means latest, not every tag', async () => {
    await engine.prepare(`${registry.host}/plain`, {})
    assert.ok(registry.asked.some((path) => path.endsWith('/plain/manifests/latest')))
  })

  test('whoever asks for an image that is being pulled joins; who leaves does not end it for the others', async () => {
    const image = `${registry.host}/slow:1`
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const begun = Promise.withResolvers<void>()
    const first = engine.prepare(image, {
      signal: stop.signal,
      onProgress: ({ received }) => received > 0 && begun.resolve(),
    })
    const second = engine.prepare(image, { onProgress: ({ received }) => received > 0 && begun.resolve() })
    const left = assert.rejects(first, reason)
    await Promise.race([begun.promise, untilLayer(registry)])
    stop.abort(reason)
    await left
    registry.release()
    assert.equal((await second).workdir, '/from-registry')
    assert.equal(
      registry.asked.filter((call) => call.startsWith('GET') && call.includes('/blobs/')).length,
      2,
    )
  })

  test('a pull that nobody waits for any more is given up', async () => {
    const image = `${registry.host}/slow:1`
    const stop = new AbortController()
    const reason = new Error('cancelled')
    const left = assert.rejects(engine.prepare(image, { signal: stop.signal }), reason)
    await untilLayer(registry)
    stop.abort(reason)
    await left
    registry.release()
    assert.equal((await engine.prepare(image, {})).workdir, '/from-registry')
  })

  test('an image that the registry does not have says so', async () => {
    const image = `${registry.host}/absent:1`
    await assert.rejects(engine.prepare(image, {}), {
      name: 'BuildFailure',
      message: new RegExp(
        `^the image ${image} cannot be pulled: .*(unknown|not found).*; check its name, or log in to ${registry.host}`,
      ),
    })
  })

  test('a private image is pulled with what docker login left', async () => {
    registry.close()
    registry = await openRegistry({ private: true })
    const image = `${registry.host}/secret:1`
    await assert.rejects(engine.prepare(image, {}), { name: 'BuildFailure', message: /docker login/ })
    const auth = Buffer.from('me:my:word').toString('base64')
    await writeFile(configFile, JSON.stringify({ auths: { [registry.host]: { auth } } }))
    assert.equal((await engine.prepare(image, {})).workdir, '/from-registry')
  })

  test('a registry that does not answer is named', async () => {
    await assert.rejects(engine.prepare('127.0.0.1:1/plain:1', {}), {
      name: 'BuildFailure',
      message: /check that this machine reaches 127\.0\.0\.1:1$/,
    })
  })
})

/** The engine has begun to fetch the layer. */
async function untilLayer(registry: Registry): Promise<void> {
  while (registry.asked.filter((call) => call.includes('/blobs/')).length < 2)
    await new Promise((resolve) => setImmediate(resolve))
}
