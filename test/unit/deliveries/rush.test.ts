import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rush } from '../../../src/deliveries/rush.ts'
import { ManualClock, settle } from '../../fakes/clock.ts'

test('calls of one moment go on together', async () => {
  const rush = new Rush(new ManualClock())
  const order: string[] = []
  const calls = ['a', 'b', 'c'].map((name) => rush.gather().then(() => order.push(name)))
  setImmediate(() => order.push('later'))
  await Promise.all(calls)
  assert.deepEqual(order, ['a', 'b', 'c'])
  let late = false
  void rush.gather().then(() => (late = true))
  assert.equal(late, false)
  await settle()
  assert.equal(late, true)
})

test('other work waits while calls come in numbers, but not for ever', async () => {
  const clock = new ManualClock()
  const rush = new Rush(clock)
  await rush.letIn()
  let coming = true
  const come = () => {
    if (!coming) return
    void rush.gather()
    void rush.gather()
    setImmediate(come)
  }
  let isIn = false
  come()
  const first = rush.letIn().then(() => (isIn = true))
  await settle()
  assert.equal(isIn, false)
  await clock.advance(20)
  await first
  isIn = false
  const second = rush.letIn().then(() => (isIn = true))
  await settle()
  assert.equal(isIn, false)
  coming = false
  await second
})
