import assert from 'node:assert/strict'
import type { Resource } from '../../../src/engines/engine.ts'
import type { Case } from './suite.ts'

/** Each has a network of its own. */
export const networkCases: Record<string, Case> = {
  'list finds containers, networks and volumes by their labels, and only the kinds that are wanted': async (
    world,
  ) => {
    const secret = { path: '/root/secret', content: 'secret', mode: 0o600, secret: true }
    const container = await world.started({ files: [secret] })
    const labels = { 'qaack.environment': world.environment }
    const kinds = async (wanted?: Resource['kind'][]) =>
      (await world.engine.list(labels, wanted)).map(({ kind }) => kind).sort()
    assert.deepEqual(await kinds(), ['container', 'network', 'volume'])
    assert.deepEqual(await kinds(['network']), ['network'])
    assert.deepEqual(await kinds(['volume', 'container']), ['container', 'volume'])
    assert.deepEqual(await kinds(['image']), [])
    const found = (await world.engine.list(labels)).find(({ kind }) => kind === 'container')
    assert.equal(found?.id, container.id)
    assert.equal(found?.running, true)
    assert.deepEqual(found?.labels, world.labels('web'))
  },

  'a network with a running container in it is removed, twice without harm': async (world) => {
    await world.started()
    const network = (await world.engine.list(world.labels())).find(({ kind }) => kind === 'network')
    assert.ok(network)
    await world.engine.remove(network)
    await world.engine.remove(network)
    assert.deepEqual(await world.engine.list(world.labels()), [])
  },
}
