import assert from 'node:assert/strict'
import { test } from 'node:test'
import { HostFailure } from '../../../../src/hosts/failure.ts'
import { toHostFailure } from '../../../../src/hosts/github/refusal.ts'

const now = Date.parse('2030-01-01T00:00:00Z')

function failure(given: {
  status: number
  message?: string
  headers?: Record<string, string>
  path?: string
  method?: string
}): HostFailure {
  const { status, message = 'said', headers = {}, path = '/repos/acme/shop/pulls', method = 'GET' } = given
  const request = { method, url: `https://api.github.com${path}` }
  return toHostFailure(
    Object.assign(new Error(message), { status, request, response: { headers, data: {} } }),
    now,
  )
}

test('GitHub in trouble is unavailable', () => {
  for (const status of [500, 502, 503, 504, 408]) {
    const { kind, message, retryAt } = failure({ status })
    assert.deepEqual([kind, retryAt], ['unavailable', null])
    assert.equal(message, `GitHub answered ${status} to GET /repos/acme/shop/pulls`)
  }
})

test('no answer is unavailable', () => {
  const lost = Object.assign(new Error('connect ECONNREFUSED'), { status: 500 })
  assert.match(toHostFailure(lost, now).message, /cannot be reached: connect ECONNREFUSED/)
  assert.equal(toHostFailure('nonsense', now).kind, 'unavailable')
})

test('too much asked says until when to wait', () => {
  const after = failure({ status: 403, headers: { 'retry-after': '30' } })
  assert.deepEqual([after.kind, after.retryAt], ['limited', now + 30_000])
  const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now / 1000 + 100) }
  assert.equal(failure({ status: 403, headers: reset }).retryAt, now + 101_000)
  const past = { ...reset, 'x-ratelimit-reset': '1' }
  assert.equal(failure({ status: 429, headers: past }).retryAt, now + 1000)
  const nothing = failure({ status: 429, headers: { 'retry-after': '' } })
  assert.equal(nothing.retryAt, now + 60_000)
  const unclear = failure({ status: 403, message: 'You have exceeded a secondary rate limit.' })
  assert.deepEqual([unclear.kind, unclear.retryAt], ['limited', now + 60_000])
  assert.equal(failure({ status: 429 }).kind, 'limited')
})

test('nobody waits for more than an hour, however much is asked for', () => {
  const after = { 'retry-after': '99999999' }
  assert.equal(failure({ status: 429, headers: after }).retryAt, now + 3_600_000)
  const reset = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(now) }
  assert.equal(failure({ status: 403, headers: reset }).retryAt, now + 3_600_000)
})

test('what is not there is gone', () => {
  for (const status of [404, 410, 451]) assert.equal(failure({ status }).kind, 'gone')
})

test('an installation that is not ours is told as what to do about it', () => {
  const gone = failure({
    status: 404,
    path: '/api/v3/app/installations/957387/access_tokens',
    method: 'POST',
  })
  assert.equal(gone.kind, 'gone')
  assert.match(gone.message, /not installed there.*install it on the repository/)
})

test('a permission that is missing is named', () => {
  const message = 'Resource not accessible by integration'
  const path = '/repos/acme/shop/statuses/abc'
  const guessed = failure({ status: 403, message, path, method: 'POST' })
  assert.equal(guessed.kind, 'refused')
  assert.match(guessed.message, /permission Commit statuses: write is missing; give it to the app/)
  const other = failure({ status: 403, message, path: '/repos/acme/shop/statuses/def', method: 'POST' })
  assert.equal(other.message, guessed.message)
  const headers = { 'x-accepted-github-permissions': 'issues=write; pull_requests=write' }
  assert.match(
    failure({ status: 403, message, headers }).message,
    /permission issues: write or pull_requests: write/,
  )
})

test('any other no is passed on with what GitHub said', () => {
  assert.match(failure({ status: 401, message: 'Bad credentials' }).message, /Bad credentials; check the key/)
  const invalid = failure({ status: 422, message: 'Validation Failed: too\n long' })
  assert.equal(invalid.message, 'GitHub refused GET /repos/acme/shop/pulls: Validation Failed: too long')
  assert.equal(failure({ status: 403, message: 'locked' }).kind, 'refused')
})

test('what is a failure of ours already stays it', () => {
  const late = new HostFailure('unavailable', 'late')
  assert.equal(toHostFailure(new Error('wrapped', { cause: late }), now), late)
})
