import assert from 'node:assert/strict'
import test from 'node:test'
import { cloneEnvironment } from '../../../src/environments/clone.ts'
import { buildEnvironment, deleteEnvironment } from '../../../src/environments/lifecycle.ts'
import { reconcile } from '../../../src/environments/reconcile.ts'
import { superviseForever } from '../../../src/environments/supervise.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import { QaackError } from '../../../src/errors.ts'
import { addRepository, deleteRepository, updateSettings } from '../../../src/repositories/manage.ts'
import { settle } from '../../fakes/clock.ts'
import { openHouse } from './house.ts'

const simple = `
services:
  web: {image: web, commands: {hello: echo built}, start: serve}
  db: {image: db}
`

test('an engine that answers, but never when it counts, is given up after three tries', async () => {
  await using house = await openHouse(simple, {
    engine: {
      answer: ({ command }) => {
        if (command.join(' ').includes('echo built'))
          throw new QaackError('engine_unavailable', 'the engine did not answer in 60 s')
        return undefined
      },
    },
  })
  await house.create()
  const waits = new Set<string>()
  const failed = await house.untilSo(async ({ state, reason }) => {
    // Only while it waits for the engine: real git runs beside this clock.
    if (house.engine.calls.at(-1) === 'info') await house.clock.advance(500)
    if (state === 'building' && reason !== '') waits.add(reason)
    return state === 'failed'
  }, 'failed')
  const wait =
    'The build waits for the engine, and begins again as soon as it answers: the engine did not answer in 60 s.'
  assert.deepEqual([...waits], [wait], 'who looks is told what it waits for')
  assert.match(
    failed.reason,
    /did not answer in 60 s, 3 times during this build; that is not the fault of the code/,
  )
  assert.ok(failed.generation <= 3)
})

test('a creation that fails leaves nothing that its other services went on to make', async () => {
  await using house = await openHouse(`
services:
  bad: {image: dies, ready: {command: "true"}}
  web: {image: web, depends_on: [bad, other]}
  other: {image: other, ready: {command: "false", timeout: 60}}
`)
  await house.create()
  await house.until('failed')
  await deleteEnvironment(house.parts, house.id, 'test')
  await house.worker.stop()
  await house.parts.background.drained()
  assert.deepEqual(await house.left(), [])
})

test('a repository that is deleted while its refs are read leaves no environments behind', async () => {
  await using house = await openHouse(simple)
  for (const name of ['one', 'two', 'three']) house.origin.git('branch', name)
  const reading = syncRepository(house.parts, house.repositoryId, 'test').catch(() => undefined)
  await deleteRepository(house.parts, house.repositoryId)
  await reading
  await house.parts.background.drained()
  assert.deepEqual(await house.parts.store.list('environment'), [])
  const [group] = await house.parts.store.list('group')
  const wish = { name: 'shop', type: 'generic' as const, params: { origin: house.origin.dir } }
  const again = await addRepository(house.parts, group?.id ?? '', wish)
  await syncRepository(house.parts, again.id, 'test')
  const names = (await house.parts.store.list('environment')).map(({ name }) => name)
  assert.deepEqual(names.sort(), ['main--shop', 'one--shop', 'three--shop', 'two--shop'])
})

test('of two environments of a ref the readable name stays with the one that stays', async () => {
  await using house = await openHouse(simple)
  const clone = await cloneEnvironment(house.parts, house.id)
  const { name } = await house.environment()
  assert.equal(name, 'main--shop')
  await Promise.all([
    deleteEnvironment(house.parts, house.id, 'test'),
    deleteEnvironment(house.parts, clone.id, 'test'),
  ])
  const left = await house.parts.store.list('environment')
  assert.deepEqual(
    left.map((environment) => [environment.state, environment.name]),
    [['empty', 'main--shop']],
  )
})

test('services that were created from an older commit are made anew for a build of the newer one', async () => {
  await using house = await openHouse(simple)
  await house.create({ build: false })
  await house.until('created')
  await updateSettings(house.parts, house.repositoryId, { webhook: { exclude: ['main'] } })
  await house.push({ 'qaack/qaack.yml': 'services: {other: {image: other}}' })
  await buildEnvironment(house.parts, house.id)
  const built = await house.until('built', 'failed')
  assert.equal(built.state, 'built', built.reason)
  assert.deepEqual(
    built.services.map((service) => service.name),
    ['other'],
  )
})

test('a left-over that cannot be removed is said, and previews behind it are revived all the same', async () => {
  await using house = await openHouse(simple)
  await house.create()
  const { services } = await house.until('built')
  const stray = {
    'qaack.instance': 'testinstance',
    'qaack.environment': 'zzzzzzzzzz',
    'qaack.generation': '1',
    'qaack.service': '',
  }
  await house.engine.openNetwork({ name: 'stray', subnet: '10.99.0.0/27', labels: stray })
  const remove = house.engine.remove.bind(house.engine)
  house.engine.remove = () => Promise.reject(new QaackError('engine_failed', 'somebody holds it'))
  const db = house.engine.container(services[1]?.containerId ?? '')
  await db.stop(0)
  await reconcile(house.parts)
  assert.equal((await db.inspect())?.running, true)
  const events = await house.parts.store.events({ limit: 5 })
  assert.ok(events.some(({ kind, message }) => kind === 'fault' && message.includes('somebody holds it')))
  house.engine.remove = remove
})

test('a service that dies again and again is started again with growing pauses, then given up with a reason', async () => {
  await using house = await openHouse(simple)
  await house.create()
  const { services } = await house.until('built')
  const ending = new AbortController()
  const watching = superviseForever(house.parts, ending.signal)
  const id = services[1]?.containerId ?? ''
  for (let death = 0; death < 10; death += 1) {
    await house.untilSo(async () => {
      await house.clock.advance(1000)
      return house.engine.containers.get(id)?.running === true
    }, 'started again')
    house.engine.containers.get(id)?.kill(3, false)
    await settle()
  }
  const failed = await house.until('failed')
  assert.match(failed.reason, /service db died 10 times in a row, the last time with exit code 3/)
  ending.abort()
  await watching.catch(() => undefined)
})
