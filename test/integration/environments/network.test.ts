import assert from 'node:assert/strict'
import test from 'node:test'
import {
  buildEnvironment,
  cancelEnvironment,
  deleteEnvironment,
} from '../../../src/environments/lifecycle.ts'
import { labelsFor } from '../../../src/engines/labels.ts'
import { drainTime } from '../../../src/environments/owns.ts'
import { BuildFailure } from '../../../src/errors.ts'
import { openHouse } from './house.ts'

const simple =
  'services: {web: {image: web, commands: {hello: echo hello}, start: serve, port: 80, ready: {command: "true"}}}'
/** Room for what answers and for one more beside it. */
const settings = { networkPool: '10.213.0.0/26' }

/** Of another installation. */
const foreign = { ...labelsFor({ instance: 'other', environment: 'aaaa', generation: 1 }) }

/** A house that has been rebuilt just now: what answered before has not been taken away yet. */
async function justRebuilt() {
  const house = await openHouse(simple, { settings })
  await house.create()
  await house.until('built')
  const hash = await house.push({ 'README.md': 'second' })
  await house.untilSo(({ serving }) => serving?.hash === hash, 'built again')
  assert.equal(house.engine.networks.size, 2)
  return house
}

async function lastLog(house: Awaited<ReturnType<typeof justRebuilt>>): Promise<string> {
  const last = (await house.builds()).at(-1)
  return (await house.parts.store.readLog(last?.id ?? '')).text
}

async function untilWaiting(house: Awaited<ReturnType<typeof justRebuilt>>): Promise<void> {
  await house.untilSo(async () => (await lastLog(house)).includes('waits for the network'), 'waiting')
}

test('a build that finds the network pool used up waits for what an older version is about to give back', async () => {
  await using house = await justRebuilt()
  const hash = await house.push({ 'README.md': 'third' })
  await untilWaiting(house)
  await house.clock.advance(drainTime)
  const done = await house.untilSo(
    ({ serving, state }) => serving?.hash === hash || state === 'failed',
    'built a third time',
  )
  assert.equal(done.state, 'built', done.reason)
  assert.match(await lastLog(house), /pool 10\.213\.0\.0\/26 is used up; waits for the network of an older/)
})

test('a build that waits for a network can be cancelled', async () => {
  await using house = await justRebuilt()
  await house.push({ 'README.md': 'third' })
  await untilWaiting(house)
  await cancelEnvironment(house.parts, house.id)
  const { serving } = await house.until('cancelled')
  assert.equal(serving?.stale, true)
  await buildEnvironment(house.parts, house.id)
  await house.until('built')
})

test('a network that does not go is not waited for for ever', async () => {
  await using house = await justRebuilt()
  const remove = house.engine.remove.bind(house.engine)
  house.engine.remove = (resource) =>
    resource.kind === 'network' ? Promise.reject(new Error('it is in use')) : remove(resource)
  await house.push({ 'README.md': 'third' })
  await untilWaiting(house)
  await house.clock.advance(3 * drainTime)
  const { reason } = await house.until('failed')
  assert.match(reason, /network pool .* is used up.*network\.pool/)
})

test('where nothing is about to be given back, a used-up pool is told at once', async () => {
  await using house = await openHouse(simple, { settings })
  await house.engine.openNetwork({ name: 'foreign', subnet: '10.213.0.32/27', labels: foreign })
  await house.create()
  await house.until('built')
  await house.push({ 'README.md': 'second' })
  const { reason } = await house.until('failed')
  assert.match(reason, /network pool .* is used up/)
  assert.doesNotMatch(await lastLog(house), /waits for the network/)
})

test('a subnet that another installation has is tried once, and again when nothing else is left', async () => {
  await using house = await openHouse(simple, { settings })
  await house.engine.openNetwork({ name: 'foreign', subnet: '10.213.0.0/27', labels: foreign })
  const opened = () => house.engine.calls.filter((call) => call.startsWith('openNetwork qaack-')).length
  await house.create()
  await house.until('built')
  assert.equal(opened(), 2)
  await deleteEnvironment(house.parts, house.id, 'test')
  await house.parts.background.drained()
  await house.create()
  await house.until('built')
  assert.equal(opened(), 3)
  // Beside what answers there is only the one that was refused, which is free by now.
  await house.engine.remove({ kind: 'network', id: 'foreign', name: 'foreign', labels: foreign })
  const hash = await house.push({ 'README.md': 'second' })
  await house.untilSo(({ serving }) => serving?.hash === hash, 'built again')
})

test('what fails before anything was made in it holds no network', async () => {
  await using house = await openHouse(simple, { settings })
  const opened = Promise.withResolvers<void>()
  const open = house.engine.openNetwork.bind(house.engine)
  house.engine.openNetwork = (network) => open(network).then(opened.resolve)
  house.engine.prepare = async (image) => {
    await opened.promise
    throw new BuildFailure(`there is no image ${image}`)
  }
  await house.create()
  const { reason, subnet } = await house.until('failed')
  assert.equal(reason, 'there is no image web')
  assert.equal(subnet, null)
  assert.deepEqual(await house.left(), [])
})
