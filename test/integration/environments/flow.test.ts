import assert from 'node:assert/strict'
import test from 'node:test'
import { cancelEnvironment, deleteEnvironment, dropEnvironment } from '../../../src/environments/lifecycle.ts'
import { drainTime } from '../../../src/environments/owns.ts'
import { reconcile } from '../../../src/environments/reconcile.ts'
import { sweep, sweepForever } from '../../../src/environments/sweep.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import { Worker } from '../../../src/queue/worker.ts'
import { settle } from '../../fakes/clock.ts'
import { openHouse } from './house.ts'

const simple = `
services:
  web:
    image: web
    commands: {hello: echo built by a step}
    start: serve
  db: {image: db}
`

/** A step that lasts until it is cancelled. */
const endless = `
services:
  web: {image: web, commands: {wait: sleep 1000}, start: serve}
`

const slowPull = `
services:
  web: {image: slow-web}
`

test('a created environment is built, and a deleted one leaves nothing but its log', async () => {
  await using house = await openHouse(simple)
  await house.create()
  const built = await house.until('built', 'failed')
  assert.equal(built.state, 'built', built.reason)
  assert.deepEqual(built.serving, { hash: house.first, stale: false })
  assert.deepEqual(
    built.services.map(({ name, state }) => [name, state]),
    [
      ['web', 'ready'],
      ['db', 'ready'],
    ],
  )
  const made = (await house.left()).filter((name) => !name.endsWith('-secrets'))
  assert.equal(made.length, 3)
  await deleteEnvironment(house.parts, house.id, 'test')
  await house.parts.background.drained()
  assert.deepEqual(await house.left(), [])
  const [build] = await house.builds()
  const { text } = await house.parts.store.readLog(build?.id ?? '')
  assert.match(text, /==> web\.hello: echo built by a step\nweb \| built by a step/)
})

test('a clone is deleted altogether, the last environment of a ref only emptied', async () => {
  await using house = await openHouse(simple)
  const { cloneEnvironment } = await import('../../../src/environments/clone.ts')
  const clone = await cloneEnvironment(house.parts, house.id)
  await house.untilSo(
    async () => (await house.parts.store.get('environment', clone.id))?.state === 'built',
    'clone built',
  )
  await deleteEnvironment(house.parts, clone.id, 'test')
  assert.equal(await house.parts.store.get('environment', clone.id), undefined)
  await house.create()
  await house.until('built')
  await deleteEnvironment(house.parts, house.id, 'test')
  assert.equal((await house.environment()).state, 'empty')
})

test('an environment goes when its time is over, to the minute, and says so', async () => {
  await using house = await openHouse(simple)
  const ending = new AbortController()
  sweepForever(house.parts, ending.signal)
  const { createdAt } = await house.create({ ttl: 5 })
  const { expiresAt } = await house.until('built')
  assert.equal(expiresAt, (createdAt ?? 0) + 5 * 60_000)
  await house.clock.advance((expiresAt ?? 0) - house.clock.now() - 1)
  assert.equal((await house.environment()).state, 'built')
  await house.clock.advance(1000)
  const gone = await house.until('empty')
  assert.match(gone.reason, /time to live of 5 minutes is over/)
  await house.parts.background.drained()
  assert.deepEqual(await house.left(), [])
  ending.abort()
})

test('a locked service keeps an expired environment', async () => {
  await using house = await openHouse(simple)
  await house.create({ ttl: 1 })
  const built = await house.until('built')
  const services = built.services.map((service) => ({ ...service, locked: true }))
  await house.parts.store.commit([{ save: 'environment', record: { ...built, services } }])
  await house.clock.advance(120_000)
  await sweep(house.parts)
  assert.equal((await house.environment()).state, 'built')
  await house.parts.store.commit([
    { save: 'environment', record: { ...(await house.environment()), services: [] } },
  ])
})

test('an environment that is deleted while its image is pulled leaves nothing, whenever the pull ends', async () => {
  await using house = await openHouse(slowPull)
  await house.create()
  await house.untilSo(() => house.engine.calls.some((call) => call.startsWith('pull')), 'pulling')
  await deleteEnvironment(house.parts, house.id, 'test')
  house.engine.finishPulls()
  await house.untilSo(async () => (await house.builds()).every(({ status }) => status === 'ended'), 'ended')
  await house.worker.stop()
  await house.parts.background.drained()
  assert.deepEqual(await house.left(), [])
  assert.equal((await house.environment()).state, 'empty')
})

test('a branch that goes while it is built takes everything along', async () => {
  await using house = await openHouse(endless)
  await house.create()
  await house.until('building')
  house.origin.git('checkout', '-q', '-b', 'other')
  house.origin.git('branch', '-qD', 'main')
  await syncRepository(house.parts, house.repositoryId, 'test')
  assert.equal(await house.parts.store.get('environment', house.id), undefined)
  await house.worker.stop()
  await house.parts.background.drained()
  assert.deepEqual(await house.left(), [])
})

test('newer commits replace the running build twice; the third time it is let finish and the newest is built after it', async () => {
  await using house = await openHouse(endless)
  await house.create()
  await house.until('building')
  for (const turn of [1, 2]) {
    const hash = await house.push({ 'README.md': `push ${turn}` })
    await house.untilSo(
      async (environment) => environment.state === 'building' && (await house.builds()).at(-1)?.hash === hash,
      `building ${turn}`,
    )
  }
  const third = await house.push({ 'README.md': 'push 3' })
  assert.equal((await house.environment()).state, 'building')
  assert.equal((await house.environment()).next, third)
  assert.deepEqual(
    (await house.builds()).map(({ outcome }) => outcome),
    ['superseded', 'superseded', null],
  )
  await cancelEnvironment(house.parts, house.id)
  assert.equal((await house.environment()).next, null)
})

test('a worker that is not heard of loses its build; the third loss is our failure', async () => {
  await using house = await openHouse(endless)
  await house.create()
  await house.until('building')
  for (const turn of [1, 2, 3]) {
    const [build] = await house.parts.store.list('build', { environmentId: house.id, status: 'running' })
    assert.ok(build, `running, turn ${turn}`)
    // As if another process had it, and died.
    await house.parts.store.commit([
      { save: 'build', record: { ...build, lease: { owner: 'dead', until: house.clock.now() + 1000 } } },
    ])
    await house.clock.advance(5000)
    if (turn === 3) break
    const again = async () => (await house.builds()).some(({ lapses }) => lapses === turn)
    await house.untilSo(
      async ({ state }) => state === 'building' && (await again()),
      `building again ${turn}`,
    )
  }
  const failed = await house.until('failed')
  assert.match(failed.reason, /worker was lost, 3 times/)
})

test('a server that is stopped hands its builds back, and the next one begins them again', async () => {
  await using house = await openHouse(endless)
  await house.create()
  await house.until('building')
  const before = await house.left()
  await house.worker.stop()
  assert.equal((await house.environment()).state, 'creating')
  const next = new Worker(house.parts, { owner: 'worker-2', slots: { create: 1, build: 1 } })
  await next.start({ alone: true })
  await house.until('building')
  const [build] = await house.builds()
  assert.equal(build?.lapses, 0)
  const after = await house.left()
  assert.ok(
    after.every((name) => !before.includes(name)),
    'new services only',
  )
  await dropEnvironment(house.parts, house.id, 'test')
  await next.stop()
})

test('an engine that goes away fails no build: it begins again when the engine is back', async () => {
  await using house = await openHouse(endless)
  await house.create()
  await house.until('building')
  house.engine.down = true
  await house.push({ 'README.md': 'while the engine is gone' })
  await house.clock.advance(10_000)
  assert.equal((await house.environment()).state, 'creating')
  house.engine.down = false
  await house.until('building')
  const [build] = (await house.builds()).slice(-1)
  assert.equal(build?.lapses, 0)
  await dropEnvironment(house.parts, house.id, 'test')
})

test('what is on the engine and belongs to nobody goes, and nothing else', async () => {
  await using house = await openHouse(simple)
  await house.create()
  await house.until('built')
  const kept = await house.left()
  const stray = {
    'qaack.instance': 'testinstance',
    'qaack.environment': 'zzzzzzzzzz',
    'qaack.generation': '1',
    'qaack.service': '',
  }
  await house.engine.openNetwork({ name: 'stray', subnet: '10.99.0.0/27', labels: stray })
  const old = { ...stray, 'qaack.environment': house.id, 'qaack.generation': '0' }
  await house.engine.openNetwork({ name: 'old', subnet: '10.99.0.32/27', labels: old })
  await house.engine.openNetwork({
    name: 'of others',
    subnet: '10.99.0.64/27',
    labels: { ...stray, 'qaack.instance': 'another' },
  })
  // Right after a switch, requests may be under way in what is not owned any more.
  await house.clock.advance(drainTime)
  await reconcile(house.parts)
  assert.deepEqual(await house.left(), kept)
  assert.ok(house.engine.networks.has('of others'))
  const [event] = await house.parts.store.events({ limit: 1 })
  assert.match(event?.message ?? '', /removed 2 left over on the engine/)
})

test('a service that was removed from outside makes its environment fail, and one that stands still is started', async () => {
  await using house = await openHouse(simple)
  await house.create()
  const { services } = await house.until('built')
  await house.engine.container(services[1]?.containerId ?? '').stop(0)
  await reconcile(house.parts)
  assert.equal((await house.engine.container(services[1]?.containerId ?? '').inspect())?.running, true)
  const containers = await house.engine.list({ 'qaack.environment': house.id, 'qaack.service': 'db' })
  for (const container of containers.filter(({ kind }) => kind === 'container'))
    await house.engine.remove(container)
  await reconcile(house.parts)
  assert.match((await house.environment()).reason, /service db is gone/)
  assert.equal((await house.environment()).state, 'failed')
})

test('a push that a filter keeps out is an event, and what runs is marked stale', async () => {
  await using house = await openHouse(simple)
  const { updateSettings } = await import('../../../src/repositories/manage.ts')
  await updateSettings(house.parts, house.repositoryId, { webhook: { exclude: ['ma*'] } })
  await house.create()
  await house.until('built')
  await house.push({ 'README.md': 'not for us' })
  assert.deepEqual((await house.environment()).serving, { hash: house.first, stale: true })
  const events = await house.parts.store.events({ environmentId: house.id })
  assert.ok(
    events.some(({ kind, message }) => kind === 'ignored' && message.includes('matches exclude "ma*"')),
  )
})

test('a commit that does not change what the ref points to does nothing, and an empty environment stays empty', async () => {
  await using house = await openHouse(simple)
  await house.push({ 'README.md': 'new' })
  await settle()
  assert.equal((await house.environment()).state, 'empty')
  assert.deepEqual(await house.builds(), [])
})
