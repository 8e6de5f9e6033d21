import assert from 'node:assert/strict'
import test from 'node:test'
import { cloneEnvironment } from '../../../src/environments/clone.ts'
import {
  buildEnvironment,
  createEnvironment,
  deleteEnvironment,
} from '../../../src/environments/lifecycle.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import { isQaackError } from '../../../src/errors.ts'
import { addGroup, addRepository, renameRepository } from '../../../src/repositories/manage.ts'
import { becomes, openHouse } from './house.ts'

const simple = `
services:
  web: {image: web, commands: {hello: echo hello}, start: serve}
`

type House = Awaited<ReturnType<typeof openHouse>>

async function idOf(house: House, refName: string, repositoryId = house.repositoryId): Promise<string> {
  const [found] = await house.parts.store.list('environment', { repositoryId, refName })
  return found?.id ?? ''
}

test('of two branches whose names meet the second cannot be created, and is told why', async () => {
  await using house = await openHouse(simple)
  house.origin.commit('feature/x', { 'qaack/qaack.yml': simple })
  await syncRepository(house.parts, house.repositoryId, 'test')
  house.origin.commit('feature-x', { 'qaack/qaack.yml': simple })
  await syncRepository(house.parts, house.repositoryId, 'test')
  const second = await idOf(house, 'feature-x')
  assert.equal((await house.parts.store.get('environment', second))?.name, null)
  const said = (await house.parts.store.events({ environmentId: second })).map(({ message }) => message)
  assert.ok(said.some((message) => /address feature-x--shop belongs to another/.test(message)))
  const why =
    /its address feature-x--shop belongs to branch feature\/x of this repository; rename one of the two, then build again/
  await assert.rejects(
    createEnvironment(house.parts, second, {}),
    (error) => isQaackError(error, 'conflict') && why.test(error.message),
  )
  await buildEnvironment(house.parts, second)
  const state = async () => await house.parts.store.get('environment', second)
  assert.ok(await becomes(house.clock, async () => (await state())?.state === 'failed'))
  assert.match((await state())?.reason ?? '', why)
  assert.deepEqual(
    (await house.left()).filter((name) => name.includes(second)),
    [],
  )
  await createEnvironment(house.parts, await idOf(house, 'feature/x'), {})
})

test('the same name in another group is told with its owner, and a repository that is renamed gets its own', async () => {
  await using house = await openHouse(simple)
  const group = await addGroup(house.parts, 'team')
  const wish = { name: 'shop', type: 'generic' as const, params: { origin: house.origin.dir } }
  const other = await addRepository(house.parts, group.id, wish)
  await syncRepository(house.parts, other.id, 'test')
  const main = await idOf(house, 'main', other.id)
  await assert.rejects(
    createEnvironment(house.parts, main, {}),
    /its address main--shop belongs to branch main of repository shop in group default; give this repository another name here/,
  )
  await renameRepository(house.parts, other.id, 'team-shop')
  const created = await createEnvironment(house.parts, main, {})
  assert.equal(created.name, 'main--team-shop')
})

test('a name stays over delete and create, and a clone has none and is no clash', async () => {
  await using house = await openHouse(simple)
  await house.create()
  await house.until('built')
  await deleteEnvironment(house.parts, house.id, 'test')
  assert.equal((await house.environment()).name, 'main--shop')
  await house.create()
  assert.equal((await house.until('built')).name, 'main--shop')
  const clone = await cloneEnvironment(house.parts, house.id)
  assert.equal(clone.name, null)
  const state = async () => (await house.parts.store.get('environment', clone.id))?.state
  assert.ok(await becomes(house.clock, async () => (await state()) === 'built'))
})
