import assert from 'node:assert/strict'
import test from 'node:test'
import { buildEnvironment } from '../../../src/environments/lifecycle.ts'
import { reusableLabels } from '../../../src/engines/labels.ts'
import { deleteRepository } from '../../../src/repositories/manage.ts'
import { prune } from '../../../src/reusables/prune.ts'
import { becomes, openHouse } from '../environments/house.ts'
import { built, imagesOf, savedOf, shop, type House } from './reuse.ts'

/** As a look finds it hours later, when nobody can have chosen an older one and not begun yet. */
async function later({ parts, clock }: House): Promise<void> {
  // What answered before gets its time to end.
  await clock.advance(15_000)
  for (const record of await parts.store.list('reusable'))
    await parts.store.commit([{ save: 'reusable', record: { ...record, usedAt: record.usedAt - 7_200_000 } }])
  await prune(parts)
}

test('twenty rebuilds, each from what the one before saved, keep layers and images bounded', async () => {
  // Every build has something new to install, so each saves.
  const chained = `
reuse: base
make_reusable:
  base: {on: web.one}
services:
  web: {image: web, checkout: true, commands: {one: {run: echo one, inputs: [one]}, two: echo two}, start: serve}
`
  await using house = await openHouse(chained)
  await house.create()
  await built(house, house.first)
  for (let number = 1; number <= 20; number += 1) {
    await built(house, await house.push(number % 2 ? { one: String(number) } : { other: String(number) }))
    await later(house)
    // One that is used, and one that took its place at most.
    assert.ok((await savedOf(house)).length <= 2)
    assert.ok((await imagesOf(house)).length <= 2)
  }
})

test('over the budget the longest unused goes, but never one that a living environment was made from', async () => {
  await using house = await openHouse(shop(), { settings: { reusableDisk: '6m' } })
  await house.create()
  await built(house, house.first)
  await built(house, await house.push({ 'README.md': 'two' }))
  const [saved] = await savedOf(house)
  assert.ok(saved)
  const services = saved.services.map((one) => ({ ...one, layers: { [`sha256:${one.name}`]: 2 ** 30 } }))
  await house.parts.store.commit([{ save: 'reusable', record: { ...saved, services } }])
  await prune(house.parts)
  assert.equal((await savedOf(house)).length, 1, 'the environment was made from it')
  await buildEnvironment(house.parts, house.id, { clean: true })
  await built(house, (await house.environment()).ref.hash)
  await prune(house.parts)
  const left = await savedOf(house)
  assert.ok(!left.some(({ id }) => id === saved.id))
  const events = await house.parts.store.events({ repositoryId: house.repositoryId, limit: 1000 })
  assert.ok(
    events.some(({ message }) => /deps of branch main, .* removed: there was no room for it/.test(message)),
  )
})

test('what belongs to no record is taken away, and what belongs to others is left alone', async () => {
  await using house = await openHouse(shop())
  await house.create()
  await built(house, house.first)
  const [saved] = await savedOf(house)
  assert.ok(saved)
  await prune(house.parts)
  assert.equal((await imagesOf(house)).length, 2)
  await house.parts.store.commit([{ remove: 'reusable', id: saved.id, version: saved.version }])
  await prune(house.parts)
  assert.deepEqual(await imagesOf(house), [])
  assert.ok(house.engine.images.has('web'), 'the image of the Qaackfile is not ours to remove')
})

test('a half-made image that a save could not take away goes at the next look', async () => {
  await using house = await openHouse(shop())
  await house.create()
  await built(house, house.first)
  const [saved] = await savedOf(house)
  const [container] = house.engine.containers.values()
  assert.ok(saved && container)
  const labels = reusableLabels({ instance: house.parts.instance, reusable: saved.id, service: 'web' })
  house.engine.images.save(container, { name: 'qaack-saving:half', labels })
  assert.equal((await imagesOf(house)).length, 3)
  await prune(house.parts)
  const left = await imagesOf(house)
  assert.equal(left.length, 2)
  assert.ok(!left.includes('qaack-saving:half'))
})

test('deleting a repository takes what was saved of it away', async () => {
  await using house = await openHouse(shop())
  await house.create()
  await built(house, house.first)
  await built(house, await house.push({ 'README.md': 'two' }))
  const isGone = async () => (await imagesOf(house)).length === 0
  await deleteRepository(house.parts, house.repositoryId)
  assert.ok(await becomes(house.clock, isGone))
  assert.deepEqual(await savedOf(house), [])
})
