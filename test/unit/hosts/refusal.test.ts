import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { HostFailure } from '../../../src/hosts/failure.ts'
import { knownFailure, limited, retryTime, short } from '../../../src/hosts/refusal.ts'

const now = Date.parse('2030-01-01T00:00:00Z')
const silent = { after: undefined, reset: undefined, told: false }

test('a host that says how long is believed, for an hour', () => {
  assert.equal(retryTime({ ...silent, after: '30', reset: '1', told: true }, now), now + 30_000)
  assert.equal(retryTime({ ...silent, after: 0 }, now), now)
  assert.equal(retryTime({ ...silent, reset: String(now / 1000 + 5) }, now), now + 6000)
  assert.equal(retryTime({ ...silent, reset: '1' }, now), now + 1000)
  assert.equal(retryTime({ ...silent, after: '1e9' }, now), now + 3_600_000)
  assert.equal(retryTime({ ...silent, reset: String(now) }, now), now + 3_600_000)
})

test('where it says nothing that can be read, it is a minute, or no limit at all', () => {
  for (const after of ['', ' ', 'soon', '-1', ['1'], undefined]) {
    assert.equal(retryTime({ ...silent, after, told: true }, now), now + 60_000)
    assert.equal(retryTime({ ...silent, after }, now), null)
  }
})

test('a limit names its end', () => {
  const { kind, retryAt, message } = limited('GitX', 'GET /x', now)
  assert.deepEqual([kind, retryAt], ['limited', now])
  assert.equal(message, 'GitX asks us to wait until 2030-01-01T00:00:00.000Z (GET /x)')
})

test('a failure is found behind other errors, and nonsense is one', () => {
  const late = new HostFailure('unavailable', 'late')
  const wrapped = new Error('outer', { cause: new Error('inner', { cause: late }) })
  assert.equal(knownFailure('GitX', wrapped), late)
  assert.equal(knownFailure('GitX', new Error('else')), undefined)
  const { error } = z.object({ id: z.number() }).safeParse({ id: 'x' })
  assert.equal(knownFailure('GitX', error)?.message, 'GitX answered something else than expected (id)')
})

test('what a host says is one short line', () => {
  assert.equal(short(' a\n  b '), 'a b')
  assert.equal(short('x'.repeat(400)).length, 301)
})
