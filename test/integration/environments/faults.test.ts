import assert from 'node:assert/strict'
import test from 'node:test'
import { deleteEnvironment } from '../../../src/environments/lifecycle.ts'
import { reconcile } from '../../../src/environments/reconcile.ts'
import { QaackError } from '../../../src/errors.ts'
import { openHouse } from './house.ts'

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
