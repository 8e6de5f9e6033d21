import assert from 'node:assert/strict'
import { test } from 'node:test'
import { giveBackWhenQuiet } from '../../src/memory.ts'
import { ManualClock } from '../fakes/clock.ts'

test('memory is given back once after each time of work, and never during it', async () => {
  const clock = new ManualClock()
  let [active, collections] = [0, 0]
  giveBackWhenQuiet(
    { clock, ending: new AbortController().signal, failed: (error) => assert.fail(String(error)) },
    {
      utilization: (since) => ({ idle: 0, active, utilization: since ? active : 0 }),
      collect: () => void (collections += 1),
    },
  )
  const after = async (...looks: number[]) => {
    for (active of looks) await clock.advance(10_000)
    return collections
  }
  assert.equal(await after(0.9, 0.01, 0.01), 0, 'the start may still be under way')
  assert.equal(await after(0.01), 1)
  assert.equal(await after(0.01, 0.01, 0.01, 0.01), 1, 'there is nothing new to give back')
  assert.equal(await after(0.1, 0.01, 0.01, 0.01), 1, 'a little work makes no garbage worth it')
  assert.equal(await after(0.5, 0.02, 0.02, 0.06, 0.02, 0.02), 1, 'it was not quiet for long enough')
  assert.equal(await after(0.02), 2)
})
