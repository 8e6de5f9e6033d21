import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Rush } from '../../../src/deliveries/rush.ts'
import { ManualClock, settle } from '../../fakes/clock.ts'

test('other work waits while calls come in numbers, but not for ever', async () => {
  const clock = new ManualClock()
  const rush = newRush(clock)
  await rush.letIn()
  for (let call = 0; call < 10; call += 1) rush.came()
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
  for (let call = 0; call < 9; call += 1) rush.came()
  await rush.letIn()
  rush.came()
  await clock.advance(100)
  await rush.letIn()
})

test('nothing waits when the process ends', async () => {
  const ending = new AbortController()
  const rush = newRush(new ManualClock(), ending.signal)
  for (let call = 0; call < 10; call += 1) rush.came()
  const waiting = rush.letIn()
  ending.abort()
  await waiting
})

function newRush(clock = new ManualClock(), ending = new AbortController().signal) {
  return new Rush(clock, ending)
}
