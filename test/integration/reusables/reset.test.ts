import assert from 'node:assert/strict'
import test from 'node:test'
import {
  buildEnvironment,
  cancelEnvironment,
  deleteEnvironment,
} from '../../../src/environments/lifecycle.ts'
import { resetEnvironment } from '../../../src/environments/reset.ts'
import { updateSettings } from '../../../src/repositories/manage.ts'
import { orAborted } from '../../../src/builds/together.ts'
import { openHouse } from '../environments/house.ts'
import { built, imagesOf, logOf, patch, savedOf } from './reuse.ts'

const seeded = `
services:
  web: {image: web, checkout: true, depends_on: [db], commands: {install: echo installing}, start: serve}
  db: {image: db, commands: {seed: echo seeding}, start: serve}
`

test('an environment is reset to what was saved right after its steps, with nothing run again', async () => {
  await using house = await openHouse(seeded)
  await updateSettings(house.parts, house.repositoryId, { reset: true })
  await house.create()
  await built(house, house.first)
  const log = await logOf(house)
  const order = ['db: starting', 'web.install: ended', 'saved as reset', 'web: starting']
  const places = order.map((text) => log.indexOf(`==> ${text}`))
  assert.ok(places[0] !== -1)
  assert.deepEqual(
    places,
    places.toSorted((one, other) => one - other),
    log,
  )
  const [saved] = await savedOf(house)
  assert.equal(saved?.purpose, 'reset')
  await resetEnvironment(house.parts, house.id)
  const environment = await built(house, house.first)
  assert.equal(environment.reusable.used, 'reset')
  const again = await logOf(house)
  assert.doesNotMatch(again, /echo|put into/)
  assert.match(again, /web: starts from what a build of branch main saved just now/)
  assert.match(again, /web: starting serve/)
  assert.deepEqual(
    (await savedOf(house)).map(({ id }) => id),
    [saved?.id],
  )
  const containers = [...house.engine.containers.values()]
  assert.ok(containers.some(({ workload }) => saved?.services.some(({ image }) => image === workload.image)))
})

test('the next build takes the place of what was saved for a reset, and deleting takes it away', async () => {
  await using house = await openHouse(seeded)
  await updateSettings(house.parts, house.repositoryId, { reset: true })
  await house.create()
  await built(house, house.first)
  const [first] = await savedOf(house)
  await built(house, await house.push({ 'README.md': 'more' }))
  const [second, ...others] = await savedOf(house)
  assert.deepEqual(others, [])
  assert.notEqual(second?.id, first?.id)
  await deleteEnvironment(house.parts, house.id, 'test')
  await house.untilSo(async () => (await imagesOf(house)).length === 0, 'without images')
  assert.deepEqual(await savedOf(house), [])
})

test('what was saved under a label after the last step serves for a reset too', async () => {
  const last = `
make_reusable:
  all: {on: web.install}
services:
  web: {image: web, commands: {install: echo installing}, start: serve}
`
  await using house = await openHouse(last)
  await updateSettings(house.parts, house.repositoryId, { reset: true })
  await house.create()
  await built(house, house.first)
  const records = await savedOf(house)
  assert.deepEqual(records.map(({ purpose }) => purpose).sort(), ['label', 'reset'])
  assert.equal((await imagesOf(house)).length, 1)
  await resetEnvironment(house.parts, house.id)
  assert.equal((await built(house, house.first)).reusable.used, 'reset')
})

test('what is behind a service that is held back does not keep it waiting for ever', async () => {
  await using house = await openHouse(`
services:
  proxy: {image: proxy, depends_on: [web]}
  gate: {image: gate, depends_on: [proxy], start: serve}
  web: {image: web, commands: {install: echo installing}, start: serve}
`)
  await updateSettings(house.parts, house.repositoryId, { reset: true })
  await house.create()
  await built(house, house.first)
  const [saved] = await savedOf(house)
  assert.deepEqual(
    saved?.services.map(({ name, steps }) => [name, steps]),
    [
      ['proxy', 0],
      ['gate', 0],
      ['web', 1],
    ],
  )
  await resetEnvironment(house.parts, house.id)
  assert.equal((await built(house, house.first)).reusable.used, 'reset')
})

test('a build without any start command is not ready before it can be reset, and one that is cancelled then harms nobody', async () => {
  await using house = await openHouse(`
services:
  web: {image: web, commands: {install: echo installing}}
`)
  await updateSettings(house.parts, house.repositoryId, { reset: true })
  const go = Promise.withResolvers<void>()
  let saving = 0
  patch(house.engine, (container) => ({
    async save(spec) {
      saving += 1
      if (saving === 1) await go.promise
      return container.save(spec)
    },
  }))
  await house.create()
  await house.untilSo(() => saving === 1, 'saving')
  await house.clock.advance(5_000)
  assert.equal((await house.environment()).state, 'building')
  await cancelEnvironment(house.parts, house.id)
  go.resolve()
  await house.until('cancelled')
  await house.untilSo(async () => (await savedOf(house)).length === 0, 'without what was saved')
  await buildEnvironment(house.parts, house.id)
  await built(house, house.first)
  assert.deepEqual(
    (await savedOf(house)).map(({ status }) => status),
    ['ready'],
  )
})

/** A house that was built from a Qaackfile of its settings, which has one service more since. */
async function changedSince() {
  const house = await openHouse(seeded)
  const panel = (qaackFile: string) =>
    updateSettings(house.parts, house.repositoryId, { reset: true, qaackFile: { mode: 'panel', qaackFile } })
  await panel(seeded)
  await house.create()
  await built(house, house.first)
  await panel(`${seeded}  more: {image: more, commands: {one: echo one}}\n`)
  return house
}

test('a reset goes by the Qaackfile of the settings as it was when that was saved', async () => {
  await using house = await changedSince()
  await resetEnvironment(house.parts, house.id)
  const environment = await built(house, house.first)
  assert.equal(environment.reusable.used, 'reset')
  assert.deepEqual(
    environment.services.map(({ name }) => name),
    ['web', 'db'],
  )
})

test('where nobody knows how the Qaackfile of the settings was, another one is not taken for it', async () => {
  await using house = await changedSince()
  const [build] = await house.builds()
  assert.ok(build?.source)
  const { file, ...source } = build.source
  assert.ok(file, 'builds of before did not keep it')
  await house.parts.store.commit([{ save: 'build', record: { ...build, source } }])
  await resetEnvironment(house.parts, house.id)
  const failed = await house.until('failed')
  assert.match(failed.reason, /the Qaackfile has other services or build steps .*; rebuild the environment/)
  assert.deepEqual(failed.serving?.hash, house.first)
})

test('a step that waits for a start command which is held back, undeclared, waits five minutes and not for ever', async () => {
  await using house = await openHouse(`
services:
  web: {image: web, start: serve}
  jobs: {image: jobs, commands: {wait: wait-for-web}}
`)
  const started = Promise.withResolvers<void>()
  let waiting = false
  patch(house.engine, (container) => ({
    async exec(spec) {
      if (spec.command.at(-1) !== 'wait-for-web') {
        // Nothing else is run in them but what lets the main process go.
        started.resolve()
        return container.exec(spec)
      }
      waiting = true
      await orAborted(started.promise, spec.signal ?? AbortSignal.any([]))
      return { exitCode: 0, outOfMemory: false }
    },
  }))
  await updateSettings(house.parts, house.repositoryId, { reset: true })
  await house.create()
  await house.untilSo(() => waiting, 'waiting')
  await house.clock.advance(240_000)
  assert.doesNotMatch(await logOf(house), /web: starting/)
  await house.clock.advance(120_000)
  await built(house, house.first)
  const log = await logOf(house)
  const told =
    /web: its start command was held back .* jobs\.wait still runs .* give jobs depends_on: \[web\]/
  assert.match(log, told)
  // What the environment is reset to is kept all the same, later.
  assert.ok(log.indexOf('saved as reset') > log.indexOf('web: starting serve'), log)
  await resetEnvironment(house.parts, house.id)
  assert.equal((await built(house, house.first)).reusable.used, 'reset')
})

test('without the setting nothing is saved, and a reset is refused with what to do', async () => {
  await using house = await openHouse(seeded)
  await house.create()
  await built(house, house.first)
  assert.deepEqual(await savedOf(house), [])
  await assert.rejects(resetEnvironment(house.parts, house.id), /nothing was saved/)
})
