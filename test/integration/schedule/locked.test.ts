import assert from 'node:assert/strict'
import test from 'node:test'
import { lockService } from '../../../src/environments/lock.ts'
import { drainTime } from '../../../src/environments/owns.ts'
import { updateSettings } from '../../../src/repositories/manage.ts'
import { lookAtSchedules } from '../../../src/schedule/schedule.ts'
import { openHouse } from '../environments/house.ts'

const hour = 3_600_000
const qaackfile = (db: string) => `
reuse: deps
make_reusable: {deps: {on: web.install}}
services:
  web: {image: web, depends_on: [db], commands: {install: echo installing}, start: serve}
  db: {image: ${db}, ready: {command: "true"}, volumes: [{mount: /data}]}
`

type House = Awaited<ReturnType<typeof openHouse>>

/** A house whose database is locked, and which is to be rebuilt an hour from now. */
async function lockedHouse(mode: 'all' | 'reusables'): Promise<House> {
  const house = await openHouse(qaackfile('db'))
  await house.create({ ttl: 60 })
  await house.until('built')
  await house.clock.advance(drainTime)
  await lockService(house.parts, house.id, 'db')
  const at = new Date(house.clock.now() + hour).toISOString().slice(11, 16)
  await updateSettings(house.parts, house.repositoryId, { scheduledRebuild: { mode, hour: at } })
  return house
}

async function containerOf(house: House, name: string): Promise<string> {
  const { services } = await house.environment()
  return services.find((service) => service.name === name)?.containerId ?? ''
}

/** Lets the night come; returns what was told of it at its end. */
async function night(house: House): Promise<string> {
  await house.clock.advance(hour)
  await lookAtSchedules(house.parts)
  assert.equal((await house.builds()).length, 2)
  await house.untilSo(
    async () => (await house.builds()).every(({ status }) => status === 'ended'),
    'through the night',
  )
  await lookAtSchedules(house.parts)
  await lookAtSchedules(house.parts)
  assert.equal((await house.builds()).length, 2)
  const events = await house.parts.store.events({ repositoryId: house.repositoryId, limit: 1000 })
  return events.map(({ message }) => message).findLast((message) => /\d built, \d failed/.test(message)) ?? ''
}

for (const mode of ['all', 'reusables'] as const)
  test(`a scheduled rebuild (${mode}) leaves a locked service with its container and its data, and makes the others anew`, async () => {
    await using house = await lockedHouse(mode)
    const [db, web] = [await containerOf(house, 'db'), await containerOf(house, 'web')]
    const { networkGeneration } = await house.environment()
    assert.match(await night(house), /1 built, 0 failed/)
    const after = await house.environment()
    assert.equal(after.state, 'built')
    assert.equal(await containerOf(house, 'db'), db)
    assert.equal((await house.engine.container(db).inspect())?.running, true)
    assert.notEqual(await containerOf(house, 'web'), web)
    assert.equal(after.networkGeneration, networkGeneration)
    assert.ok(after.services.find(({ name }) => name === 'db')?.locked)
    assert.equal(after.expiresAt, null)
    // Who saved something is built from nothing: but for what is locked, which is kept all the same.
    const [, build] = await house.builds()
    assert.deepEqual([build?.start, build?.reusableId], ['clean', null])
    const soft = [...house.engine.containers.values()].find(({ id }) => id !== db && id !== web)
    assert.equal(soft?.workload.variables['QCK_SOFT_REBUILD'], 'true')
  })

test('a scheduled rebuild that cannot be because of a locked service is told as a fault, and everything answers as before', async () => {
  await using house = await lockedHouse('all')
  const [db, web] = [await containerOf(house, 'db'), await containerOf(house, 'web')]
  // The Qaackfile of the settings wants another database by now.
  await updateSettings(house.parts, house.repositoryId, {
    qaackFile: { mode: 'panel', qaackFile: qaackfile('db:2') },
  })
  assert.match(await night(house), /0 built, 1 failed; branch main: service db is locked .*unlock db/)
  assert.deepEqual([await containerOf(house, 'db'), await containerOf(house, 'web')], [db, web])
  for (const id of [db, web]) assert.equal((await house.engine.container(id).inspect())?.running, true)
  assert.deepEqual((await house.environment()).serving, { hash: house.first, stale: true })
})
