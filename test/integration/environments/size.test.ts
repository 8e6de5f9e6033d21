import assert from 'node:assert/strict'
import test from 'node:test'
import { sizeOf, sizeOfAll } from '../../../src/environments/size.ts'
import { tarOf } from '../../contract/engines/harness.ts'
import { settle } from '../../fakes/clock.ts'
import { openHouse } from './house.ts'

const qaackfile = `
services:
  web: {image: web, start: serve}
  db: {image: db}
`

/** Writes a file into a service that stands. */
async function write(
  at: Awaited<ReturnType<typeof openHouse>>,
  service: string,
  bytes: number,
): Promise<void> {
  const { services } = await at.environment()
  const id = services.find(({ name }) => name === service)?.containerId ?? ''
  await at.engine.container(id).copyIn('/data', tarOf({ data: 'x'.repeat(bytes) }))
}

test('a size is that of all services, measured when it is asked for and at most every ten minutes', async () => {
  await using at = await openHouse(qaackfile)
  const { parts } = at
  assert.equal(await sizeOf(parts, await at.environment(), 1_000), 0, 'nothing of it is there')
  await at.create()
  assert.equal(await sizeOf(parts, await at.environment(), 1_000), undefined, 'a first build is left alone')
  const built = await at.until('built')
  const before = (await sizeOf(parts, built, 1_000)) ?? -1
  assert.ok(before >= 0)
  await write(at, 'web', 5_000)
  await write(at, 'db', 300)
  assert.equal(await sizeOf(parts, built, 1_000), before)
  await at.clock.advance(600_001)
  assert.equal(await sizeOf(parts, built, 1_000), before + 5_300)
  assert.equal(await sizeOfAll(parts, [built, { ...built, id: 'other222aa' }], 1_000), 2 * (before + 5_300))
})

test('nobody waits longer for it than told, and it is there the next time', async () => {
  await using at = await openHouse(qaackfile)
  await at.create()
  const built = await at.until('built')
  const answer = Promise.withResolvers<undefined>()
  const { engine } = at.parts
  const slow = { ...at.parts, engine: Object.create(engine) as typeof engine }
  slow.engine.container = (id) => ({
    ...engine.container(id),
    size: () => answer.promise.then(() => engine.container(id).size()),
  })
  const asked = sizeOf(slow, built, 1_000)
  await settle()
  await at.clock.advance(1_001)
  assert.equal(await asked, undefined)
  answer.resolve(undefined)
  const size = await sizeOf(slow, built, 1_000)
  assert.equal(size, await sizeOf(at.parts, built, 1_000))
  assert.ok(size !== undefined)
})

test('an engine that does not answer leaves it out, and is asked again', async () => {
  await using at = await openHouse(qaackfile)
  await at.create()
  const built = await at.until('built')
  const { engine } = at.parts
  let down = true
  const parts = { ...at.parts, engine: Object.create(engine) as typeof engine }
  parts.engine.container = (id) => ({
    ...engine.container(id),
    size: () => (down ? Promise.reject(new Error('down')) : engine.container(id).size()),
  })
  assert.equal(await sizeOf(parts, built, 1_000), undefined)
  down = false
  await at.clock.advance(600_001)
  assert.ok((await sizeOf(parts, built, 1_000)) !== undefined)
})
