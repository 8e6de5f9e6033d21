import assert from 'node:assert/strict'
import test from 'node:test'
import type { Container } from '../../../src/engines/engine.ts'
import { cancelEnvironment } from '../../../src/environments/lifecycle.ts'
import { resetEnvironment } from '../../../src/environments/reset.ts'
import { Worker } from '../../../src/queue/worker.ts'
import { updateSettings } from '../../../src/repositories/manage.ts'
import { orAborted } from '../../../src/builds/together.ts'
import { openHouse } from '../environments/house.ts'
import { built, imagesOf, logOf, patch, savedOf, shop, type House } from './reuse.ts'

/** From now on the engine takes for ever to save, and ends what it has begun although nobody waits for it any more. */
function slowSaves(house: House) {
  const late: (() => Promise<unknown>)[] = []
  const slow = { isSlow: true, saving: 0, finish: () => Promise.all(late.map((end) => end())) }
  const never = new Promise<never>(() => undefined)
  patch(house.engine, (container: Container) => ({
    async save(spec, signal) {
      slow.saving += 1
      if (!slow.isSlow) return container.save(spec, signal)
      late.push(() => container.save(spec))
      return orAborted(never, signal ?? AbortSignal.any([]))
    },
  }))
  return slow
}

test('a build that is cancelled while it saves does not wait for the engine, and nothing is left, also of what comes late', async () => {
  await using house = await openHouse(shop())
  const slow = slowSaves(house)
  await house.create()
  await house.untilSo(() => slow.saving === 2, 'saving')
  assert.ok([...house.engine.containers.values()].every(({ paused }) => paused))
  const before = house.clock.now()
  await cancelEnvironment(house.parts, house.id)
  await house.untilSo(
    () => [...house.engine.containers.values()].every(({ paused }) => !paused),
    'let go on again',
  )
  await house.untilSo(async () => (await savedOf(house)).length === 0, 'forgotten')
  assert.ok(house.clock.now() - before < 30_000)
  await slow.finish()
  assert.equal((await imagesOf(house)).length, 2, 'the engine ended what it had begun')
  await house.untilSo(async () => {
    await house.clock.advance(60_000)
    return (await imagesOf(house)).length === 0
  }, 'without images')
})

test('a server that is stopped while it saves does not wait for the engine, and the next one builds', async () => {
  await using house = await openHouse(shop())
  const slow = slowSaves(house)
  await house.create()
  await house.untilSo(() => slow.saving === 2, 'saving')
  await house.worker.stop()
  assert.deepEqual(await savedOf(house), [])
  assert.ok([...house.engine.containers.values()].every(({ paused }) => !paused))
  const [build] = await house.builds()
  assert.equal(build?.status, 'waiting')
  assert.equal(build.lapses, 0)
  slow.isSlow = false
  const next = new Worker(house.parts, { owner: 'worker-2', slots: { create: 4, build: 2 } })
  await next.start({ alone: true })
  await built(house, house.first)
  assert.deepEqual(
    (await savedOf(house)).map(({ label, status }) => [label, status]),
    [['deps', 'ready']],
  )
  await next.stop()
})

for (const room of [0, 1])
  test(`a disk that is full after ${room} of 2 services fails no build: it is said with what to do, and nothing is left`, async () => {
    await using house = await openHouse(shop())
    house.engine.images.room = room
    await house.create()
    const environment = await built(house, house.first)
    assert.deepEqual(environment.reusable.saved, [])
    const said =
      /could not be saved as deps after web\.install: the disk of the engine is full: .*no space left on device\); free space there, or lower reusable\.disk/
    assert.match(await logOf(house), said)
    const events = await house.parts.store.events({ environmentId: house.id })
    const [fault, ...others] = events.filter(({ kind }) => kind === 'fault')
    assert.match(fault?.message ?? '', said)
    assert.deepEqual(others, [])
    assert.deepEqual(await savedOf(house), [])
    assert.deepEqual(await imagesOf(house), [])
    assert.ok([...house.engine.containers.values()].every(({ paused, running }) => running && !paused))
    house.engine.images.room = Infinity
    const next = await built(house, await house.push({ 'README.md': 'two' }))
    assert.deepEqual(next.reusable.saved, ['deps'], 'once there is room, the next build saves')
  })

test('what a reset needs does not fit: the build comes to its good end, and a reset is refused', async () => {
  await using house = await openHouse(`
services:
  web: {image: web, commands: {install: echo installing}, start: serve}
`)
  await updateSettings(house.parts, house.repositoryId, { reset: true })
  house.engine.images.room = 0
  await house.create()
  await built(house, house.first)
  assert.match(await logOf(house), /could not be saved as reset .*; the build goes on without it/)
  assert.deepEqual(await imagesOf(house), [])
  await assert.rejects(resetEnvironment(house.parts, house.id), /nothing was saved/)
})
