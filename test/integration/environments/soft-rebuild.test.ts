import assert from 'node:assert/strict'
import test from 'node:test'
import { cloneEnvironment } from '../../../src/environments/clone.ts'
import {
  buildEnvironment,
  cancelEnvironment,
  deleteEnvironment,
} from '../../../src/environments/lifecycle.ts'
import { lockService, unlockService } from '../../../src/environments/lock.ts'
import { drainTime } from '../../../src/environments/owns.ts'
import { reconcile } from '../../../src/environments/reconcile.ts'
import { sweep } from '../../../src/environments/sweep.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import { deleteRepository } from '../../../src/repositories/manage.ts'
import { settle } from '../../fakes/clock.ts'
import { openHouse } from './house.ts'

const file = (web: string, db = 'db') => `
services:
  web: {image: web, depends_on: [db], commands: {step: "${web}"}, start: serve}
  cache: {image: cache}
  db: {image: ${db}, ready: {command: "true"}, volumes: [{mount: /data}]}
`

type House = Awaited<ReturnType<typeof openHouse>>

/** A house whose preview answers, with its database locked. */
async function lockedHouse(): Promise<House> {
  const house = await openHouse(file('echo one'))
  await house.create({ ttl: 60 })
  await house.until('built')
  await house.clock.advance(drainTime)
  await lockService(house.parts, house.id, 'db')
  return house
}

async function idOf(house: House, name: string): Promise<string> {
  const { services } = await house.environment()
  return services.find((service) => service.name === name)?.containerId ?? ''
}

async function isUp(house: House, id: string): Promise<boolean> {
  return (await house.engine.container(id).inspect())?.running ?? false
}

async function containers(house: House): Promise<string[]> {
  await house.clock.advance(drainTime)
  await settle()
  await house.parts.background.drained()
  const left = (await house.left()).filter((name) => house.engine.networks.has(name) === false)
  return left
    .filter((name) => !/volume|secrets/.test(name))
    .map((name) => name.slice(house.id.length + 7))
    .sort()
}

test('a soft rebuild keeps the locked service with its container, data, network and address, and makes the others anew', async () => {
  await using house = await lockedHouse()
  const before = await house.environment()
  const db = await idOf(house, 'db')
  const address = (await house.engine.container(db).inspect())?.address
  const hash = await house.push({ 'qaack/qaack.yml': file('echo two') })
  const states = new Set<string>()
  const built = await house.untilSo((environment) => {
    states.add(environment.state)
    return environment.state === 'built'
  }, 'built')
  assert.deepEqual([...states], ['softrebuilding', 'built'])
  assert.deepEqual(built.serving, { hash, stale: false })
  assert.equal(await idOf(house, 'db'), db)
  assert.deepEqual([built.subnet, built.networkGeneration], [before.subnet, before.networkGeneration])
  assert.deepEqual(
    built.services.map(({ name, generation, locked }) => [name, generation, locked]),
    [
      ['web', 2, false],
      ['cache', 2, false],
      ['db', 1, true],
    ],
  )
  const addresses = [...house.engine.containers.values()].map(({ workload }) => workload.network.address)
  assert.equal(new Set(addresses).size, 3)
  assert.equal((await house.engine.container(db).inspect())?.address, address)
  assert.deepEqual(await containers(house), ['1-db', '2-cache', '2-web'])
  const soft = (name: string) =>
    [...house.engine.containers.values()].find(({ workload }) => workload.name.endsWith(name))?.workload
      .variables['QCK_SOFT_REBUILD']
  assert.deepEqual([soft('web'), soft('cache'), soft('db')], ['true', 'true', undefined])
  const calls = house.engine.calls
  const stopped = calls.findIndex((call) => call.startsWith('stop') && call.includes('1-db'))
  const started = calls.findIndex(
    (call, index) => index > stopped && call.startsWith('start') && call.includes('1-db'),
  )
  const worked = calls.findIndex((call) => call.startsWith('exec') && call.includes('2-web'))
  assert.ok(
    stopped > 0 && started > stopped && worked > started,
    'stopped, started, and then what depends on it is built',
  )
  assert.equal(built.expiresAt, null)
  await reconcile(house.parts)
  assert.deepEqual(await containers(house), ['1-db', '2-cache', '2-web'])
})

test('soft rebuilds follow each other, also after unlocking, which makes the next one whole again', async () => {
  await using house = await lockedHouse()
  for (const turn of [2, 3]) {
    await house.push({ 'README.md': `push ${turn}` })
    await house.until('built')
    assert.deepEqual(await containers(house), ['1-db', `${turn}-cache`, `${turn}-web`])
  }
  await unlockService(house.parts, house.id, 'db')
  await buildEnvironment(house.parts, house.id)
  const built = await house.until('built')
  assert.deepEqual(await containers(house), ['4-cache', '4-db', '4-web'])
  assert.equal(built.networkGeneration, 4)
})

test('a locked service that the Qaackfile takes away or changes fails the build with what to do, and all answers as before', async () => {
  for (const [changed, said] of [
    [
      'services: {web: {image: web}}',
      /service db is locked and is not in the Qaackfile any more; .*unlock db/,
    ],
    [
      file('echo one', 'db:2'),
      /service db is locked and has the image db, and the Qaackfile wants db:2; .*unlock db/,
    ],
  ] as const) {
    await using house = await lockedHouse()
    const ids = [await idOf(house, 'web'), await idOf(house, 'db')]
    await house.push({ 'qaack/qaack.yml': changed })
    const failed = await house.until('failed')
    assert.match(failed.reason, said)
    assert.deepEqual(failed.serving, { hash: house.first, stale: true })
    for (const id of ids) assert.ok(await isUp(house, id))
    assert.deepEqual(await containers(house), ['1-cache', '1-db', '1-web'])
    await house.push({ 'qaack/qaack.yml': file('echo again') })
    await house.until('built')
    assert.equal(await idOf(house, 'db'), ids[1])
  }
})

test('any other failure keeps the locked service running with its data, and it can be rebuilt', async () => {
  await using house = await lockedHouse()
  const db = await idOf(house, 'db')
  await house.push({ 'qaack/qaack.yml': file('exit 3') })
  const failed = await house.until('failed')
  assert.match(failed.reason, /web\.step failed with exit code 3/)
  assert.equal(failed.serving, null)
  assert.ok(await isUp(house, db))
  await house.engine.container(db).stop(0)
  await reconcile(house.parts)
  assert.ok(await isUp(house, db), 'also after a restart of the machine')
  await house.engine.container(db).pause()
  await reconcile(house.parts)
  assert.equal(house.engine.containers.get(db)?.paused, false, 'also if a server was killed that saved it')
  await house.push({ 'qaack/qaack.yml': file('echo three') })
  await house.until('built')
  assert.equal(await idOf(house, 'db'), db)
  assert.deepEqual(await containers(house), ['1-db', '3-cache', '3-web'])
})

test('a newer commit and a cancel in a soft rebuild keep the locked service', async () => {
  await using house = await lockedHouse()
  const db = await idOf(house, 'db')
  const building = () => house.engine.calls.some((call) => call.includes('sleep 1000'))
  await house.push({ 'qaack/qaack.yml': file('sleep 1000') })
  await house.untilSo(building, 'building')
  await house.push({ 'README.md': 'newer', 'qaack/qaack.yml': file('sleep 1000') })
  await house.untilSo(async () => (await house.builds()).at(-1)?.stage === 'build', 'building anew')
  await house.untilSo(async () => (await house.builds()).at(-1)?.status === 'running', 'building anew')
  await cancelEnvironment(house.parts, house.id)
  await house.untilSo(() => isUp(house, db), 'up')
  await house.worker.stop()
  await house.parts.background.drained()
  assert.equal((await house.environment()).state, 'cancelled')
  assert.equal(await idOf(house, 'db'), db)
  assert.ok((await containers(house)).includes('1-db'))
})

test('nothing deletes what has a locked service, and each way says which; its clone is free', async () => {
  await using house = await lockedHouse()
  const clone = await cloneEnvironment(house.parts, house.id)
  await house.untilSo(
    async () => (await house.parts.store.get('environment', clone.id))?.state === 'built',
    'clone built',
  )
  const refused = { code: 'conflict', message: /locked services \(db\); unlock/ }
  await assert.rejects(() => deleteEnvironment(house.parts, house.id, 'test'), refused)
  await assert.rejects(() => deleteRepository(house.parts, house.repositoryId), refused)
  await house.clock.advance(61 * 60_000)
  await sweep(house.parts)
  house.origin.git('checkout', '-q', '-b', 'other')
  house.origin.git('branch', '-qD', 'main')
  await syncRepository(house.parts, house.repositoryId, 'test')
  assert.equal((await house.environment()).state, 'built')
  // Said once, however often the refs are read.
  for (const why of ['a poll', 'another']) await syncRepository(house.parts, house.repositoryId, why)
  const events = await house.parts.store.events({ environmentId: house.id })
  assert.equal(events.filter(({ message }) => refused.message.test(message)).length, 1)
  assert.equal(
    await house.parts.store.get('environment', clone.id),
    undefined,
    'the branch took its clone along',
  )
  await unlockService(house.parts, house.id, 'db')
  await deleteEnvironment(house.parts, house.id, 'test')
  await house.parts.background.drained()
  assert.deepEqual(await house.left(), [])
})
