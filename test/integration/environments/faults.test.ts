import assert from 'node:assert/strict'
import test from 'node:test'
import { buildEnvironment, deleteEnvironment } from '../../../src/environments/lifecycle.ts'
import { lockService, unlockService } from '../../../src/environments/lock.ts'
import { drainTime } from '../../../src/environments/owns.ts'
import { reconcile } from '../../../src/environments/reconcile.ts'
import { QaackError } from '../../../src/errors.ts'
import { labels, openHouse } from './house.ts'

const qaackfile = `
services:
  web: {image: web, depends_on: [db], commands: {hello: echo hello}, start: serve, volumes: [{mount: /data}]}
  db: {image: db, ready: {command: "true"}}
`

/** Makes the n-th call to the engine fail, once; counts the calls. */
function failAt(house: Awaited<ReturnType<typeof openHouse>>, n: number): () => number {
  const { engine } = house
  let count = 0
  const push = engine.calls.push.bind(engine.calls)
  engine.calls.push = (...calls: string[]) => {
    count += calls.length
    const size = push(...calls)
    if (count - calls.length < n && count >= n)
      throw new QaackError('engine_failed', `call ${n} fails: ${calls.join()}`)
    return size
  }
  return () => count
}

test(
  'whichever call to the engine fails, the end is told and nothing is leaked',
  { timeout: 180_000 },
  async () => {
    let calls = Infinity
    let failures = 0
    for (let n = 1; n <= calls; n += 1) {
      await using house = await openHouse(qaackfile)
      const counted = failAt(house, n)
      await house.create()
      const end = await house.until('built', 'failed')
      if (end.state === 'failed') {
        failures += 1
        assert.match(end.reason, /call \d+ fails/, `call ${n}`)
      } else {
        calls = Math.min(calls, counted())
      }
      await deleteEnvironment(house.parts, house.id, 'test')
      await house.parts.background.drained()
      await reconcile(house.parts)
      assert.deepEqual(await house.left(), [], `after call ${n} failed`)
    }
    assert.ok(failures > 5, `only ${failures} of ${calls} calls could fail`)
  },
)

for (const soft of [false, true]) {
  const what = soft ? 'a soft rebuild' : 'a rebuild beside what answers'
  test(
    `whichever call to the engine fails once during ${what}, nothing is leaked and what is to stay stays`,
    { timeout: 180_000 },
    async () => {
      await using house = await openHouse(qaackfile)
      await house.create()
      await house.until('built')
      let failures = 0
      for (let n = 1, done = false; !done; n += 1) {
        await settleAll(house)
        if (soft) await lockService(house.parts, house.id, 'db')
        const before = await house.environment()
        const first = house.engine.calls.length
        const counted = failAt(house, n)
        await buildEnvironment(house.parts, house.id)
        const end = await house.until('built', 'failed')
        await settleAll(house)
        done = counted() < n
        const calls = house.engine.calls.slice(first).join()
        if (end.state === 'failed') failures += 1
        // What was taken away too late is found by the next look, as is what stands still.
        await reconcile(house.parts)
        const kept = end.services.filter(({ locked }) => locked || end.serving !== null)
        if (!soft) assert.equal(kept.length, 2, `call ${n} of ${calls}`)
        if (!soft && end.state === 'failed') assert.deepEqual(kept, before.services, `call ${n} of ${calls}`)
        if (soft) assert.ok(kept.some(({ name, generation }) => name === 'db' && generation === 1))
        for (const { containerId } of kept)
          assert.equal(house.engine.containers.get(containerId ?? '')?.running, true, `call ${n} of ${calls}`)
        const names = await strangers(house)
        assert.deepEqual(names, [], `call ${n} of ${calls}`)
      }
      assert.ok(failures > 5, `only ${failures} calls could fail`)
      if (soft) await unlockService(house.parts, house.id, 'db')
      await deleteEnvironment(house.parts, house.id, 'test')
      await house.parts.background.drained()
      assert.deepEqual(await house.left(), [])
    },
  )
}

async function settleAll(house: Awaited<ReturnType<typeof openHouse>>): Promise<void> {
  house.engine.calls.push = Array.prototype.push
  await house.untilSo(async () => (await house.builds()).every(({ status }) => status === 'ended'), 'ended')
  await house.clock.advance(drainTime)
  await house.parts.background.drained()
}

/** What is on the engine though the record does not name it; of a generation that was not made to its end, all may stay. */
async function strangers(house: Awaited<ReturnType<typeof openHouse>>): Promise<string[]> {
  const { services, generation, networkGeneration, serving } = await house.environment()
  const left = await house.engine.list(labels)
  const isOf = (of: number, name: string) =>
    name === ''
      ? of === networkGeneration
      : services.some((service) => service.name === name && service.generation === of)
  return left.flatMap(({ name, labels: on }) => {
    const of = Number(on['qaack.generation'])
    if (serving === null && of === generation) return []
    return isOf(of, on['qaack.service'] ?? '') ? [] : [name]
  })
}
