import assert from 'node:assert/strict'
import test from 'node:test'
import {
  buildEnvironment,
  cancelEnvironment,
  deleteEnvironment,
} from '../../../src/environments/lifecycle.ts'
import { drainTime } from '../../../src/environments/owns.ts'
import { reconcile } from '../../../src/environments/reconcile.ts'
import { superviseForever } from '../../../src/environments/supervise.ts'
import { admit } from '../../../src/proxy/admit.ts'
import { updateSettings } from '../../../src/repositories/manage.ts'
import { Worker } from '../../../src/queue/worker.ts'
import { settle } from '../../fakes/clock.ts'
import { labels, openHouse } from './house.ts'

const simple =
  'services: {web: {image: web, commands: {hello: echo hello}, start: serve, port: 80, ready: {command: "true"}}}'
const endless =
  'services: {web: {image: web, commands: {wait: sleep 1000}, start: serve, port: 80, ready: {command: "true"}}}'
const broken =
  'services: {web: {image: web, commands: {no: exit 3}, start: serve, port: 80, ready: {command: "true"}}}'
const slow = 'services: {web: {image: slow-web, start: serve, port: 80, ready: {command: "true"}}}'

type House = Awaited<ReturnType<typeof openHouse>>

/** A house whose preview answers. */
async function answering(): Promise<House & { first: string }> {
  const house = await openHouse(simple)
  await house.create()
  await house.until('built')
  await house.clock.advance(2 * drainTime)
  return house
}

/** Where a request to the preview goes: the container's name, and the commit if that is an older one. */
async function answer(house: House): Promise<{ to: string; stale: string | null } | null> {
  const environment = await house.environment()
  const admission = admit(environment, null)
  if (admission.kind !== 'forward') return null
  for (const [id, container] of house.engine.containers) {
    const state = await house.engine.container(id).inspect()
    if (container.running && state?.address === admission.target.host)
      return { to: container.workload.name, stale: admission.stale }
  }
  throw new Error('a request would meet a closed door')
}

/** Nothing but what one generation is made of, once all is tidy. */
async function only(house: House, generation: number): Promise<void> {
  await house.clock.advance(drainTime)
  await settle()
  await house.parts.background.drained()
  const name = `qaack-${house.id}-${generation}`
  const left = await house.engine.list(labels)
  assert.deepEqual(left.flatMap((one) => (one.kind === 'volume' ? [] : [one.name])).sort(), [
    name,
    `${name}-web`,
  ])
  assert.ok(left.every((one) => one.labels['qaack.generation'] === String(generation)))
}

test('a rebuild is made beside what answers, which goes ten seconds after the switch', async () => {
  await using house = await answering()
  const old = { to: `qaack-${house.id}-1-web`, stale: house.first }
  const hash = await house.push({ 'README.md': 'new' })
  const seen = new Set<string>()
  const looks: Promise<unknown>[] = []
  // Whoever only looks from time to time may miss a state that is over in a blink.
  const unwatch = house.parts.store.watch(({ kind }) => {
    if (kind === 'environment') looks.push(house.environment().then(({ state }) => seen.add(state)))
  })
  const done = await house.untilSo(async (environment) => {
    if (environment.state !== 'built') assert.deepEqual(await answer(house), old)
    return environment.state === 'built'
  }, 'built')
  unwatch()
  await Promise.all(looks)
  assert.ok(seen.has('creating') && seen.has('building'), [...seen].join())
  assert.deepEqual(done.serving, { hash, stale: false })
  assert.deepEqual(await answer(house), { to: `qaack-${house.id}-2-web`, stale: null })
  assert.ok((await house.left()).includes(old.to), 'requests may be under way there')
  await reconcile(house.parts)
  assert.ok((await house.left()).includes(old.to), 'reconcile waits as well')
  await only(house, 2)
})

test('rebuilds that follow one upon the other do not keep what none of them needs', async () => {
  await using house = await answering()
  for (let generation = 2; generation <= 5; generation += 1) {
    const hash = await house.push({ 'README.md': String(generation) })
    await house.untilSo(({ serving }) => Promise.resolve(serving?.hash === hash), 'built')
    await house.clock.advance(drainTime / 2)
    await settle()
  }
  const containers = (await house.left()).filter((name) => name.endsWith('-web'))
  const [drained, last] = [2, 4].map((generation) => `qaack-${house.id}-${generation}-web`)
  assert.ok(!containers.includes(drained ?? ''), containers.join())
  assert.ok(containers.includes(last ?? ''), containers.join())
  await only(house, 5)
})

test('a rebuild that fails leaves the old preview answering, marked stale, and nothing of itself', async () => {
  await using house = await answering()
  const hash = await house.push({ 'qaack/qaack.yml': broken })
  const failed = await house.until('failed')
  assert.match(failed.reason, /step web\.no failed/)
  assert.deepEqual(failed.serving, { hash: house.first, stale: true })
  assert.equal(failed.ref.hash, hash)
  await only(house, 1)
  assert.deepEqual(await answer(house), { to: `qaack-${house.id}-1-web`, stale: house.first })
  await house.push({ 'qaack/qaack.yml': simple })
  await house.until('built')
  await only(house, 3)
})

test('a rebuild that is cancelled, while it creates or builds, leaves what answers', async () => {
  for (const [file, state] of [
    [slow, 'creating'],
    [endless, 'building'],
  ] as const) {
    await using house = await answering()
    await house.push({ 'qaack/qaack.yml': file })
    await house.untilSo(
      (one) =>
        one.state === state &&
        (state !== 'creating' || house.engine.calls.some((call) => call === 'pull slow-web')),
      state,
    )
    await cancelEnvironment(house.parts, house.id)
    assert.equal((await house.environment()).state, 'cancelled')
    await house.untilSo(async () => (await house.builds()).every(({ status }) => status === 'ended'), 'ended')
    await settle()
    await only(house, 1)
    assert.deepEqual(await answer(house), { to: `qaack-${house.id}-1-web`, stale: house.first })
  }
})

test('newer commits in mid-rebuild drop what was half made, and what answers stays the same', async () => {
  await using house = await answering()
  await house.push({ 'qaack/qaack.yml': slow })
  await house.untilSo(() => house.engine.calls.includes('pull slow-web'), 'pulling')
  await house.push({ 'qaack/qaack.yml': endless })
  await house.until('building')
  assert.deepEqual(await answer(house), { to: `qaack-${house.id}-1-web`, stale: house.first })
  await house.push({ 'qaack/qaack.yml': simple })
  await house.until('built')
  house.engine.finishPulls()
  await only(house, 4)
})

test('a server that is stopped in mid-rebuild keeps what answers, and the next one goes on', async () => {
  await using house = await answering()
  await house.push({ 'qaack/qaack.yml': endless })
  await house.until('building')
  await house.worker.stop()
  assert.equal((await house.environment()).state, 'creating')
  assert.deepEqual(await answer(house), { to: `qaack-${house.id}-1-web`, stale: house.first })
  const next = new Worker(house.parts, { owner: 'worker-2', slots: { create: 1, build: 1 } })
  await next.start({ alone: true })
  await house.until('building')
  await reconcile(house.parts)
  const left = await house.left()
  assert.equal(left.filter((name) => name.endsWith('-web')).length, 2, left.join())
  assert.deepEqual(await answer(house), { to: `qaack-${house.id}-1-web`, stale: house.first })
  await deleteEnvironment(house.parts, house.id, 'test')
  await next.stop()
  await house.parts.background.drained()
  assert.deepEqual(await house.left(), [])
})

test('an environment that is deleted in mid-rebuild leaves nothing of either generation', async () => {
  await using house = await answering()
  await house.push({ 'qaack/qaack.yml': endless })
  await house.until('building')
  await deleteEnvironment(house.parts, house.id, 'test')
  await house.worker.stop()
  await house.parts.background.drained()
  assert.deepEqual(await house.left(), [])
})

test('with the setting replace the old preview goes before the new one is made', async () => {
  await using house = await answering()
  await updateSettings(house.parts, house.repositoryId, { rebuild: 'replace' })
  await house.push({ 'qaack/qaack.yml': endless })
  await house.until('building')
  assert.equal(await answer(house), null)
  await only(house, 2)
})

test('what answers in mid-rebuild is kept up, and its end ends only itself', async () => {
  await using house = await answering()
  const ending = new AbortController()
  const watching = superviseForever(house.parts, ending.signal)
  await house.push({ 'qaack/qaack.yml': endless })
  const building = await house.until('building')
  const id = building.standing?.services[0]?.containerId ?? ''
  house.engine.containers.get(id)?.kill(3, false)
  await house.untilSo(() => house.engine.containers.get(id)?.running === true, 'started again')
  assert.equal((await answer(house))?.to, `qaack-${house.id}-1-web`)
  await house.engine.remove({ kind: 'container', id, name: '', labels: {} })
  await reconcile(house.parts)
  assert.equal((await house.environment()).state, 'building')
  assert.equal(await answer(house), null)
  const events = await house.parts.store.events({ environmentId: house.id })
  assert.ok(events.some(({ message }) => message.includes('service web is gone')))
  ending.abort()
  await watching.catch(() => undefined)
})

test('a preview that answers after a failure is kept up as one that was built', async () => {
  await using house = await answering()
  await house.push({ 'qaack/qaack.yml': broken })
  const { services } = await house.until('failed')
  const id = services[0]?.containerId ?? ''
  await house.engine.container(id).stop(0)
  await reconcile(house.parts)
  assert.equal((await house.engine.container(id).inspect())?.running, true)
  await house.engine.remove({ kind: 'container', id, name: '', labels: {} })
  await reconcile(house.parts)
  const silent = await house.environment()
  assert.deepEqual([silent.state, silent.serving], ['failed', null])
  assert.match(silent.reason, /service web is gone/)
  await buildEnvironment(house.parts, house.id)
  await house.until('failed', 'creating')
})
