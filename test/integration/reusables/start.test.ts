import assert from 'node:assert/strict'
import test from 'node:test'
import { settle } from '../../fakes/clock.ts'
import { openHouse } from '../environments/house.ts'

const qaackfile = (more = '') => `
reuse: deps
make_reusable:
  deps: {on: web.install, where: [main]}
services:
  web:
    image: web
    checkout: true
    commands:
      install: {run: echo installing, inputs: [lock]}
      build: echo building
    start: serve
  db: {image: db}
${more}`

type House = Awaited<ReturnType<typeof openHouse>>

async function logOf(house: House): Promise<string> {
  const build = (await house.builds()).at(-1)
  return (await house.parts.store.readLog(build?.id ?? '')).text
}

async function built(house: House, hash: string) {
  const environment = await house.untilSo(
    ({ state, serving }) => state === 'failed' || (state === 'built' && serving?.hash === hash),
    'built',
  )
  assert.equal(environment.state, 'built', environment.reason)
  await settle()
  return environment
}

test('a first build saves, and the next starts from that and does not install again', async () => {
  await using house = await openHouse(qaackfile())
  await house.create()
  const first = await built(house, house.first)
  assert.deepEqual(first.reusable, { used: null, saved: ['deps'], why: 'nothing was saved under deps yet' })
  assert.match(await logOf(house), /==> saved as deps after web\.install; all services stood still for 0\.\d s/)
  const hash = await house.push({ 'README.md': 'changed' })
  const second = await built(house, hash)
  assert.equal(second.reusable.used, 'deps')
  assert.deepEqual(second.reusable.saved, [])
  const log = await logOf(house)
  assert.match(log, /==> web: starts from deps of branch main, saved after web\.install just now; 1 step is not run again/)
  assert.match(log, /==> web: what changed since \w{7} of the code/)
  assert.doesNotMatch(log, /installing/)
  assert.match(log, /building/)
})
