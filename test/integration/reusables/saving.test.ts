import assert from 'node:assert/strict'
import test from 'node:test'
import { QaackError } from '../../../src/errors.ts'
import { Worker } from '../../../src/queue/worker.ts'
import { orAborted } from '../../../src/builds/together.ts'
import { prune } from '../../../src/reusables/prune.ts'
import { openHouse } from '../environments/house.ts'
import { built, imagesOf, logOf, patch, savedOf, shop } from './reuse.ts'

const two = `
make_reusable:
  deps: {on: web.install}
services:
  web: {image: web, commands: {install: echo installing}, start: serve}
  jobs: {image: jobs, commands: {one: echo one, two: echo two, three: echo three}, start: serve}
`

test('while services are saved nothing is done in any of them, and all of them are paused', async () => {
  await using house = await openHouse(two)
  const go = Promise.withResolvers<void>()
  let saving = 0
  patch(house.engine, (container) => ({
    async save(spec) {
      saving += 1
      await go.promise
      return container.save(spec)
    },
  }))
  await house.create()
  await house.untilSo(() => saving === 2, 'saving')
  const containers = [...house.engine.containers.values()]
  assert.deepEqual(
    containers.map(({ paused }) => paused),
    [true, true],
  )
  const [record] = await savedOf(house)
  assert.equal(record?.status, 'saving')
  const before = house.engine.calls.length
  await house.clock.advance(5_000)
  const meanwhile = house.engine.calls.slice(before).filter((call) => call.includes('exec'))
  assert.deepEqual(meanwhile, [], 'nothing is run in a service that is being saved')
  go.resolve()
  await built(house, house.first)
  assert.match(await logOf(house), /stood still for [5-9]\.\d s/)
  assert.ok([...house.engine.containers.values()].every(({ paused }) => !paused))
  const [saved] = await savedOf(house)
  assert.equal(saved?.status, 'ready')
  // How far the other one was depends on who came first; what was said of it is so.
  const ran = saved?.services.find(({ name }) => name === 'jobs')?.steps ?? -1
  const log = await logOf(house)
  const upTo = log.slice(0, log.indexOf('saved as deps'))
  assert.equal(ran, [...upTo.matchAll(/==> jobs\.\w+: ended/g)].length)
})

test('a save that fails fails no build: it is said, nothing is left, and all services go on', async () => {
  await using house = await openHouse(shop())
  patch(house.engine, (container) => ({
    save: (spec) =>
      spec.name.endsWith(':db')
        ? Promise.reject(new QaackError('engine_failed', 'there is no layer'))
        : container.save(spec),
  }))
  await house.create()
  const environment = await built(house, house.first)
  assert.deepEqual(environment.reusable.saved, [])
  assert.match(
    await logOf(house),
    /could not be saved as deps after web\.install: there is no layer; the build goes on/,
  )
  assert.deepEqual(await savedOf(house), [])
  assert.deepEqual(await imagesOf(house), [])
  assert.ok([...house.engine.containers.values()].every(({ paused }) => !paused))
  const events = await house.parts.store.events({ environmentId: house.id })
  assert.ok(events.some(({ kind, message }) => kind === 'fault' && message.includes('there is no layer')))
})

test('a server that is killed while it saves leaves nothing, and the next one builds', async () => {
  await using house = await openHouse(shop())
  const killed = Promise.withResolvers<never>()
  let hangs = true
  let saving = 0
  patch(house.engine, (container) => ({
    async save(spec) {
      saving += 1
      const saved = await container.save(spec)
      return hangs ? killed.promise : saved
    },
  }))
  await house.create()
  await house.untilSo(() => saving === 2, 'saving')
  assert.equal((await imagesOf(house)).length, 2)
  // What is left by a kill: a lease that nobody renews, and everything as it was.
  const [lost] = await house.builds()
  assert.ok(lost)
  await house.parts.store.commit([
    { save: 'build', record: { ...lost, lease: { owner: 'killed', until: house.clock.now() - 1 } } },
  ])
  hangs = false
  const other = new Worker(house.parts, { owner: 'worker-2', slots: { create: 4, build: 2 } })
  await other.start({ alone: false })
  await house.untilSo(() => saving > 2, 'saving again')
  await prune(house.parts)
  const half = (await savedOf(house)).filter(({ status }) => status === 'saving')
  assert.ok(half.length <= 1, 'what the killed one had begun is gone, though its build runs again')
  await built(house, house.first)
  await prune(house.parts)
  const records = await savedOf(house)
  assert.deepEqual(
    records.map(({ status, label }) => [label, status]),
    [['deps', 'ready']],
  )
  assert.equal((await imagesOf(house)).length, 2)
  killed.reject(new Error('killed'))
  await other.stop()
})

test('a service that does not become ready is not saved half done', async () => {
  const qaackfile = `
make_reusable:
  deps: {on: web.install}
services:
  web: {image: web, commands: {install: echo installing}, start: serve}
  db: {image: db, ready: {command: pg_isready, timeout: 60s}}
`
  let isReady = false
  const answer = (spec: { command: string[] }) =>
    spec.command.at(-1) === 'pg_isready' ? { exitCode: isReady ? 0 : 1 } : undefined
  await using house = await openHouse(qaackfile, { engine: { answer } })
  await house.create()
  await house.untilSo(async () => /not saved: db is not ready yet/.test(await logOf(house)), 'said')
  isReady = true
  const environment = await built(house, house.first)
  assert.deepEqual(environment.reusable.saved, [])
  assert.deepEqual(await savedOf(house), [])
})

test('a step that waits for what a save keeps back does not hang: after ten minutes nothing is saved, and all go on', async () => {
  const qaackfile = `
make_reusable:
  deps: {on: web.install}
services:
  web: {image: web, commands: {install: echo installing}, start: serve}
  jobs: {image: jobs, commands: {wait: wait-for-web}}
`
  const go = Promise.withResolvers<void>()
  await using house = await openHouse(qaackfile)
  patch(house.engine, (container) => ({
    async exec(spec) {
      if (spec.command.at(-1) === 'wait-for-web') {
        await orAborted(go.promise, spec.signal ?? AbortSignal.any([]))
        return { exitCode: 0, outOfMemory: false }
      }
      return container.exec(spec)
    },
  }))
  await house.create()
  await house.untilSo(async () => {
    await house.clock.advance(30_000)
    return (await logOf(house)).includes('nothing was saved')
  }, 'going on')
  await house.untilSo(async () => (await logOf(house)).includes('web: starting serve'), 'started')
  go.resolve()
  await built(house, house.first)
  assert.match(
    await logOf(house),
    /nothing was saved: other services had something to do for more than 10 minutes/,
  )
  assert.deepEqual(await savedOf(house), [])
})
