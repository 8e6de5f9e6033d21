import assert from 'node:assert/strict'
import test from 'node:test'
import { deleteEnvironment } from '../../../src/environments/lifecycle.ts'
import { openHouse } from '../environments/house.ts'
import { built, imagesOf, logOf, patch, savedOf, type House } from './reuse.ts'

const qaackfile = `
reuse: auto
services:
  web:
    image: web
    checkout: true
    commands:
      install: {run: echo installing, inputs: [lock]}
      build: {run: echo building, inputs: [page]}
      check: echo checking
    start: serve
`

/** Steps that take so long that saving is worth it; the last one does not. */
function slow(house: House): void {
  patch(house.engine, (container) => ({
    async exec(command) {
      if (/installing|building/.test(command.command.at(-1) ?? '')) await house.clock.advance(4000)
      return container.exec(command)
    },
  }))
}

test('without labels what took long is saved, and the deepest that still fits is started from', async () => {
  await using house = await openHouse(qaackfile)
  slow(house)
  await house.create()
  const first = await built(house, house.first)
  assert.deepEqual(first.reusable.saved, ['auto'])
  const saved = await savedOf(house)
  assert.deepEqual(
    saved.map(({ purpose, savePoint, services }) => [purpose, savePoint?.step, services[0]?.steps]),
    [
      ['auto', 'install', 1],
      ['auto', 'build', 2],
    ],
  )
  const readme = await built(house, await house.push({ 'README.md': 'two' }))
  assert.equal(readme.reusable.used, 'auto')
  assert.match(await logOf(house), /not run again: install, build/)
  const page = await built(house, await house.push({ page: 'two' }))
  assert.equal(page.reusable.used, 'auto')
  assert.match(await logOf(house), /not run again: install\n/)
  assert.match(await logOf(house), /web \| building/)
  const lock = await built(house, await house.push({ lock: 'two' }))
  assert.equal(lock.reusable.used, null)
  assert.match(lock.reusable.why, /lock/)
})

test('what untrusted code saved goes with its environment, the rest stays for others', async () => {
  await using house = await openHouse(qaackfile)
  slow(house)
  await house.create()
  await built(house, house.first)
  const [install] = await savedOf(house)
  assert.ok(install)
  await house.parts.store.commit([{ save: 'reusable', record: { ...install, trusted: false } }])
  await deleteEnvironment(house.parts, house.id, 'test')
  await house.untilSo(async () => (await imagesOf(house)).length === 1, 'one image')
  assert.deepEqual(
    (await savedOf(house)).map(({ savePoint }) => savePoint?.step),
    ['build'],
  )
})
