import assert from 'node:assert/strict'
import { BuildFailure } from '../../../src/errors.ts'
import type { Case } from './suite.ts'

const secret = { path: '/root/secret', content: 'secret', mode: 0o600, secret: true }

export const resourceCases: Record<string, Case> = {
  'info says what it is and what there is': async ({ engine }) => {
    const info = await engine.info()
    assert.notEqual(info.name, '')
    assert.ok(info.memoryBytes > 0 && info.cpus > 0)
  },

  'prepare tells what an image declares, twice the same': async ({ engine, image }) => {
    const first = await engine.prepare(image, {})
    assert.match(first.id, /^sha256:[0-9a-f]{64}$/)
    assert.match(first.digest, /^sha256:[0-9a-f]{64}$/)
    assert.ok([...first.entrypoint, ...first.command].length > 0)
    assert.deepEqual(await engine.prepare(image, {}), first)
  },

  'an image that cannot be had is a build failure that names it': async ({ engine }, { missingImage }) => {
    await assert.rejects(
      engine.prepare(missingImage, {}),
      (error) => error instanceof BuildFailure && error.message.includes(missingImage),
    )
  },

  'prepare with a signal that fired ends with its reason': async ({ engine, image }) => {
    const reason = new Error('cancelled')
    await assert.rejects(engine.prepare(image, { signal: AbortSignal.abort(reason) }), reason)
  },

  'a network is opened twice without harm': async (world) => {
    const { engine, subnet } = world
    await engine.openNetwork({ name: world.network, subnet, labels: world.networkLabels() })
    const networks = await engine.list(world.networkLabels(), ['network'])
    assert.deepEqual(
      networks.map(({ name }) => name),
      [world.network],
    )
  },

  'a subnet that another network has is a conflict': async (world) => {
    const other = { name: `${world.network}-other`, subnet: world.subnet, labels: world.labels() }
    await assert.rejects(world.engine.openNetwork(other), { code: 'conflict' })
  },

  'a network that exists with another subnet is refused': async (world) => {
    const subnet = '10.223.255.224/27'
    await assert.rejects(world.engine.openNetwork({ name: world.network, subnet, labels: world.labels() }), {
      code: 'engine_failed',
    })
  },

  'list wants all the labels': async (world) => {
    await world.created()
    assert.equal(
      (await world.engine.list({ 'qaack.instance': world.instance, 'qaack.service': 'web' })).length,
      1,
    )
    assert.deepEqual(
      await world.engine.list({ 'qaack.instance': world.instance, 'qaack.generation': '2' }),
      [],
    )
  },

  'a running container is removed, twice without harm': async (world) => {
    const container = await world.started()
    const [resource] = await world.engine.list(world.labels('web'))
    assert.ok(resource)
    await Promise.all([world.engine.remove(resource), world.engine.remove(resource)])
    await world.engine.remove(resource)
    assert.equal(await container.inspect(), undefined)
  },

  'the volume of secret files carries the labels and goes with its container': async (world) => {
    await world.created({ files: [secret] })
    const all = await world.engine.list(world.labels('web'))
    assert.deepEqual(all.map(({ kind }) => kind).sort(), ['container', 'volume'])
    for (const container of all.filter(({ kind }) => kind === 'container'))
      await world.engine.remove(container)
    assert.deepEqual(await world.engine.list(world.labels('web')), [])
    for (const volume of all.filter(({ kind }) => kind === 'volume')) await world.engine.remove(volume)
  },

  'what is not there is removed without harm': async (world) => {
    const { engine, instance } = world
    const labels = { 'qaack.instance': instance }
    for (const kind of ['container', 'network', 'volume', 'image'] as const) {
      await engine.remove({ kind, id: `${instance}-nothing`, name: `${instance}-nothing`, labels })
    }
    assert.equal((await engine.list(world.networkLabels(), ['network'])).length, 1)
  },
}
