import assert from 'node:assert/strict'
import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { test } from 'node:test'
import { LargeBodies } from '../../../src/api/large-bodies.ts'
import { ManualClock } from '../../fakes/clock.ts'

const MiB = 1024 * 1024
const unended = new AbortController().signal

function ask(bodies: LargeBodies, length: string | undefined) {
  const request = new IncomingMessage(new Socket())
  if (length !== undefined) request.headers['content-length'] = length
  const response = new ServerResponse(request)
  return { request, response, admitted: bodies.admit(request, response, 25 * MiB) }
}

test('there is room for eight of the largest at once, and for any number of small ones', () => {
  const bodies = new LargeBodies(new ManualClock(), unended)
  const all = Array.from({ length: 8 }, () => ask(bodies, String(25 * MiB)))
  assert.ok(all.every(({ admitted }) => admitted))
  assert.equal(ask(bodies, String(2 * MiB)).admitted, false)
  assert.equal(ask(bodies, String(MiB)).admitted, true)
  all[0]?.response.emit('close')
  assert.equal(ask(bodies, String(25 * MiB)).admitted, true)
  assert.equal(ask(bodies, String(25 * MiB)).admitted, false)
})

test('one that does not tell its length, or lies, counts as the largest', () => {
  for (const length of [undefined, String(900 * MiB)]) {
    const bodies = new LargeBodies(new ManualClock(), unended)
    const admitted = Array.from({ length: 9 }, () => ask(bodies, length).admitted)
    assert.deepEqual(admitted, [...Array.from({ length: 8 }, () => true), false])
  }
})

test('a body that does not come in time is cut off; one that did is left alone', async () => {
  const clock = new ManualClock()
  const bodies = new LargeBodies(clock, unended)
  const slow = ask(bodies, '10')
  const whole = ask(bodies, '10')
  whole.request.complete = true
  const ended = ask(bodies, '10')
  ended.response.emit('close')
  await clock.advance(30_000)
  assert.deepEqual(
    [slow, whole, ended].map(({ request }) => request.destroyed),
    [true, false, false],
  )
})

test('each has its own time, also one that came while another was watched', async () => {
  const clock = new ManualClock()
  const bodies = new LargeBodies(clock, unended)
  const first = ask(bodies, '10')
  await clock.advance(20_000)
  const second = ask(bodies, '10')
  await clock.advance(10_000)
  assert.deepEqual([first.request.destroyed, second.request.destroyed], [true, false])
  await clock.advance(20_000)
  assert.equal(second.request.destroyed, true)
})
