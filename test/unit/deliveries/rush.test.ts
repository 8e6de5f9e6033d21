import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rush } from '../../../src/deliveries/rush.ts'
import { ManualClock, settle } from '../../fakes/clock.ts'

test('calls of one moment go on together', async () => {
  const rush = newRush()
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
  const rush = newRush(clock)
  await rush.letIn()
  for (let call = 0; call < 10; call += 1) void rush.gather()
  let isIn = false
  const first = rush.letIn().then(() => (isIn = true))
  await settle()
  assert.equal(isIn, false)
  await clock.advance(20)
  await first
})

test('a few calls, or many that are long over, keep nothing waiting', async () => {
  const clock = new ManualClock()
  const rush = newRush(clock)
  for (let call = 0; call < 9; call += 1) void rush.gather()
  await rush.letIn()
  void rush.gather()
  await clock.advance(100)
  await rush.letIn()
})

test('nothing waits when the process ends', async () => {
  const ending = new AbortController()
  const rush = newRush(new ManualClock(), ending.signal)
  for (let call = 0; call < 10; call += 1) void rush.gather()
  const waiting = rush.letIn()
  ending.abort()
  await waiting
})

function newRush(clock = new ManualClock(), ending = new AbortController().signal) {
  return new Rush(clock, ending)
}
