import assert from 'node:assert/strict'
import test from 'node:test'
import { lockService, unlockService } from '../../../src/environments/lock.ts'
import { openHouse } from '../environments/house.ts'
import { built, logOf, savedOf, shop } from './reuse.ts'

test('a soft rebuild starts its services from what was saved, keeps the locked one, and saves both', async () => {
  await using house = await openHouse(shop())
  await house.create()
  const first = await built(house, house.first)
  const db = first.services.find(({ name }) => name === 'db')
  await lockService(house.parts, house.id, 'db')
  const second = await built(house, await house.push({ 'README.md': 'changed' }))
  assert.equal(second.reusable.used, 'deps')
  const kept = second.services.find(({ name }) => name === 'db')
  assert.equal(kept?.containerId, db?.containerId)
  assert.match(await logOf(house), /==> web: not run again: install/)
  const third = await built(house, await house.push({ lock: 'two' }))
  assert.deepEqual(third.reusable.saved, ['deps'])
  const [newest] = (await savedOf(house)).toSorted((one, other) => other.savedAt - one.savedAt)
  assert.deepEqual(
    newest?.services.map(({ name, steps }) => [name, steps]),
    [
      ['web', 1],
      ['db', 0],
    ],
  )
  assert.ok([...house.engine.containers.values()].every(({ paused, running }) => running && !paused))
})

test('a locked service that somebody removed fails the build with what to do', async () => {
  await using house = await openHouse(shop())
  await house.create()
  const { services } = await built(house, house.first)
  await lockService(house.parts, house.id, 'db')
  const db = services.find(({ name }) => name === 'db')?.containerId ?? ''
  house.engine.containers.delete(db)
  await house.push({ 'README.md': 'more' })
  assert.match(
    (await house.until('failed')).reason,
    /the locked service db is gone: .*; unlock it and build again/,
  )
})

test('what was locked when it was saved stands for nothing that is built from the file', async () => {
  const seeded = (seed: string) =>
    shop().replace('db: {image: db}', `db: {image: db, commands: {seed: echo ${seed}}}`)
  await using house = await openHouse(seeded('one'))
  await house.create()
  await built(house, house.first)
  await lockService(house.parts, house.id, 'db')
  // Of two that were saved in the same moment neither is the newer one.
  await house.clock.advance(1000)
  const soft = await built(house, await house.push({ 'qaack/qaack.yml': seeded('two'), lock: 'two' }))
  assert.deepEqual(soft.reusable.saved, ['deps'])
  assert.equal((await built(house, await house.push({ 'README.md': 'more' }))).reusable.used, 'deps')
  await unlockService(house.parts, house.id, 'db')
  const whole = await built(house, await house.push({ 'README.md': 'and more' }))
  assert.equal(whole.reusable.used, null)
  assert.match(whole.reusable.why, /db was locked when it was saved/)
  assert.match(await logOf(house), /db\.seed: echo two/)
})
