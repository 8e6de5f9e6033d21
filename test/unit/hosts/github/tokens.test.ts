import assert from 'node:assert/strict'
import { test } from 'node:test'
import { rememberTokens } from '../../../../src/hosts/github/tokens.ts'
import { ManualClock } from '../../../fakes/clock.ts'

function counted(clock: ManualClock) {
  const asked: number[] = []
  const askFor = (installation: number) => {
    asked.push(installation)
    return Promise.resolve({ token: `t${asked.length}`, expiresAt: clock.now() + 3_600_000 })
  }
  return { asked, token: rememberTokens(askFor, clock) }
}

test('a token is asked for once, also by many at the same time', async () => {
  const { asked, token } = counted(new ManualClock())
  assert.deepEqual(await Promise.all([token(1), token(1), token(2)]), ['t1', 't1', 't2'])
  assert.equal(await token(1), 't1')
  assert.deepEqual(asked, [1, 2])
})

test('a token that would not last for a long fetch is replaced', async () => {
  const clock = new ManualClock()
  const { token } = counted(clock)
  await token(1)
  await clock.advance(49 * 60_000)
  assert.equal(await token(1), 't1')
  await clock.advance(60_000)
  assert.equal(await token(1), 't2')
})

test('a token does not last longer because our clock is behind', async () => {
  const clock = new ManualClock()
  let count = 0
  const ahead = () => Promise.resolve({ token: `t${(count += 1)}`, expiresAt: clock.now() + 5 * 3_600_000 })
  const token = rememberTokens(ahead, clock)
  await token(1)
  await clock.advance(50 * 60_000)
  assert.equal(await token(1), 't2')
})

test('a failure is not remembered', async () => {
  let fails = true
  const askFor = () =>
    fails
      ? Promise.reject(new Error('no'))
      : Promise.resolve({ token: 't', expiresAt: Number.MAX_SAFE_INTEGER })
  const token = rememberTokens(askFor, new ManualClock())
  await assert.rejects(token(1), /no/)
  fails = false
  assert.equal(await token(1), 't')
})
