import assert from 'node:assert/strict'
import test from 'node:test'
import { addEnvironment } from '../../../src/environments/clone.ts'
import { buildEnvironment, createEnvironment } from '../../../src/environments/lifecycle.ts'
import { syncRepository } from '../../../src/environments/sync.ts'
import { Worker } from '../../../src/queue/worker.ts'
import { openHouse } from '../environments/house.ts'
import { built, imagesOf, logOf, savedOf, shop } from './reuse.ts'

test('a first build saves, and the next starts from that and does not install again', async () => {
  await using house = await openHouse(shop())
  await house.create()
  const first = await built(house, house.first)
  assert.deepEqual(first.reusable, { used: null, saved: ['deps'], why: 'nothing was saved under deps yet' })
  assert.match(
    await logOf(house),
    /==> saved as deps after web\.install; all services stood still for 0\.\d s/,
  )
  const hash = await house.push({ 'README.md': 'changed' })
  const second = await built(house, hash)
  assert.equal(second.reusable.used, 'deps')
  assert.deepEqual(second.reusable.saved, [])
  const log = await logOf(house)
  assert.match(
    log,
    /web: starts from deps of branch main, saved after web\.install just now; 1 step is not run again/,
  )
  assert.match(log, /==> web: what changed since \w{7} of the code/)
  assert.doesNotMatch(log, /echo installing/)
  assert.match(log, /web\.build: echo building/)
  const [saved] = await savedOf(house)
  const made = [...house.engine.containers.values()].filter(({ workload }) =>
    saved?.services.some(({ image }) => image === workload.image),
  )
  assert.equal(made.length, 2, 'both services were made of what was saved')
})

const changes = {
  'a changed command': { 'qaack/qaack.yml': shop({ install: 'echo installing more' }) },
  'a changed input': { lock: 'two' },
  'a variable that is new': { 'qaack/qaack.yml': shop({ more: 'variables: {MODE: fast}' }) },
}
for (const [what, files] of Object.entries(changes)) {
  test(`${what} installs again, and is saved again`, async () => {
    await using house = await openHouse(shop())
    await house.create()
    await built(house, house.first)
    const second = await built(house, await house.push(files))
    assert.equal(second.reusable.used, null)
    assert.match(second.reusable.why, /does not fit: /)
    assert.deepEqual(second.reusable.saved, ['deps'])
    const log = await logOf(house)
    assert.match(
      log,
      /==> nothing saved is used: what was saved after web\.install of branch main under deps does not fit/,
    )
    assert.match(log, /web \| installing/)
    assert.equal((await savedOf(house)).length, 2)
  })
}

test('a ref that `where` does not name saves nothing, but starts from what another saved', async () => {
  await using house = await openHouse(shop())
  await house.create()
  await built(house, house.first)
  const hash = house.origin.commit('other', { 'README.md': 'other' })
  await syncRepository(house.parts, house.repositoryId, 'test')
  const [other] = await house.parts.store.list('environment', { refName: 'other' })
  await createEnvironment(house.parts, other?.id ?? '', {})
  const isBuilt = async () =>
    (await house.parts.store.get('environment', other?.id ?? ''))?.serving?.hash === hash
  await house.untilSo(isBuilt, 'built')
  const environment = await house.parts.store.get('environment', other?.id ?? '')
  assert.equal(environment?.reusable.used, 'deps')
  assert.equal((await savedOf(house)).length, 1)
})

test('saved images that are gone from the engine are forgotten, and the build goes on without', async () => {
  await using house = await openHouse(shop())
  await house.create()
  await built(house, house.first)
  const [saved] = await savedOf(house)
  const [web] = saved?.services ?? []
  house.engine.images.remove(web?.image ?? '', [])
  const second = await built(house, await house.push({ 'README.md': 'changed' }))
  assert.equal(second.reusable.used, null)
  assert.match(await logOf(house), /cannot be used: the saved images of web are gone from the engine/)
  assert.equal(await house.parts.store.get('reusable', saved?.id ?? ''), undefined)
  assert.equal((await savedOf(house)).length, 1)
  assert.equal((await imagesOf(house)).length, 2)
})

test('code that was saved and is in no repository any more is not built upon', async () => {
  await using house = await openHouse(shop())
  await house.create()
  await built(house, house.first)
  const [saved] = await savedOf(house)
  assert.ok(saved)
  const services = saved.services.map((one) => ({
    ...one,
    code: one.code && { ...one.code, commit: 'd'.repeat(40) },
  }))
  await house.parts.store.commit([{ save: 'reusable', record: { ...saved, services } }])
  const second = await built(house, await house.push({ 'README.md': 'changed' }))
  assert.equal(second.reusable.used, null)
  assert.match(await logOf(house), /cannot be used: its commit ddddddd is not in the repository any more/)
})

test('what untrusted code had a hand in is not given to trusted code', async () => {
  await using house = await openHouse(shop())
  await house.create()
  await built(house, house.first)
  const [saved] = await savedOf(house)
  assert.ok(saved)
  await house.parts.store.commit([{ save: 'reusable', record: { ...saved, trusted: false } }])
  const second = await built(house, await house.push({ 'README.md': 'changed' }))
  assert.equal(second.reusable.used, null)
  assert.match(await logOf(house), /web \| installing/)
})

test('a rebuild that is asked to be clean starts from nothing', async () => {
  await using house = await openHouse(shop())
  await house.create()
  await built(house, house.first)
  await buildEnvironment(house.parts, house.id, { clean: true })
  const second = await built(house, house.first)
  assert.deepEqual(second.reusable, { used: null, saved: ['deps'], why: 'a clean build was asked for' })
})

test('what was chosen when the services were created counts for a build that another server runs later', async () => {
  await using house = await openHouse(shop())
  await house.create()
  await built(house, house.first)
  const clone = await addEnvironment(
    house.parts,
    house.repositoryId,
    { type: 'branch', name: 'main' },
    { build: false },
  )
  const stateOf = async () => (await house.parts.store.get('environment', clone.id))?.state
  await house.untilSo(async () => (await stateOf()) === 'created', 'created')
  // By then another was saved under the label, which these services were not made of.
  const [saved] = await savedOf(house)
  assert.ok(saved)
  const other = { ...saved, id: 'other', savedAt: saved.savedAt + 1000, usedAt: saved.usedAt + 1000 }
  await house.parts.store.commit([{ insert: 'reusable', record: other }])
  await house.worker.stop()
  const worker = new Worker(house.parts, { owner: 'worker-2', slots: { create: 4, build: 2 } })
  await worker.start({ alone: false })
  await buildEnvironment(house.parts, clone.id)
  await house.untilSo(async () => (await stateOf()) === 'built', 'built')
  const builds = await house.parts.store.list('build', { environmentId: clone.id })
  assert.deepEqual(
    builds.map(({ stage, reusableId }) => [stage, reusableId]),
    [
      ['create', saved.id],
      ['build', null],
    ],
  )
  const { text } = await house.parts.store.readLog(builds[1]?.id ?? '')
  assert.match(text, /web: not run again: install/)
  await worker.stop()
})
